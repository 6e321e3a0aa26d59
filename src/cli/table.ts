import { io } from './io.ts'
import { displayWidth } from './printable.ts'

/** Draws borders on a terminal. For other programs it separates cells by tabs. */
export function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return io.stdout.isTTY ? withBorders(head, rows) : [head, ...rows].map(cells => cells.join('\t'))
}

function withBorders(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) =>
    rows.reduce((widest, cells) => Math.max(widest, displayWidth(cells[column] ?? '')), displayWidth(name)),
  )
  const border = `+${widths.map(width => '-'.repeat(width + 2)).join('+')}+`
  const draw = (cells: readonly string[]) =>
    `|${widths.map((width, column) => ` ${pad(cells[column] ?? '', width)} `).join('|')}|`
  return [border, draw(head), border, ...rows.map(draw), border]
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)))
