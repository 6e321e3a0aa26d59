import { io } from './io.ts'
import { displayWidth } from './printable.ts'

/** With borders on a terminal; separated by tabs, for other programs, elsewhere. `SHELL_PIPE=0` or `1` decides otherwise. */
export function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return isPiped() ? [head, ...rows].map(cells => cells.join('\t')) : withBorders(head, rows)
}

function isPiped(): boolean {
  const { SHELL_PIPE } = io.env
  return SHELL_PIPE === undefined ? !io.stdout.isTTY : /^(1|true|on|yes)$/i.test(SHELL_PIPE)
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
