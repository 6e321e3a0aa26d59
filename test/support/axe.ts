import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Axe {
  run(): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>
}

const LOOKS = [
  { look: 'light', colorScheme: 'light', width: 1000 },
  { look: 'dark', colorScheme: 'dark', width: 1000 },
  { look: 'phone', colorScheme: 'light', width: 390 },
] as const

/** Looks at the page in every colour scheme and size: nothing is inaccessible, nothing sticks out. */
export async function checkLooks(t: ExecutionContext, page: Page, name: string): Promise<void> {
  // By the debugging protocol, so that the page keeps its Content-Security-Policy.
  await page.evaluate(source)
  for (const { look, colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    const violations = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run()
      return violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(node => `${node.html} ${node.failureSummary}`),
      }))
    })
    t.deepEqual(violations, [], `${name}, ${look}: axe`)
    t.deepEqual(await stickingOut(page), [], `${name}, ${look}: fits the width`)
    await shoot(page, `${name}-${look}`)
  }
}

/** Elements that reach past an edge of the page; what is there for screen readers alone does not count. */
export function stickingOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { document } = globalThis as unknown as { document: PageDocument }
    const { scrollWidth, clientWidth } = document.documentElement
    const wide = [...document.querySelectorAll('body *')].filter(
      element =>
        (element.getBoundingClientRect().right > clientWidth + 1 || element.getBoundingClientRect().left < -1) &&
        !element.closest('.visually-hidden'),
    )
    return scrollWidth > clientWidth || wide.length > 0 ? wide.map(element => element.outerHTML.slice(0, 120)) : []
  })
}

interface PageElement {
  outerHTML: string
  getBoundingClientRect(): { left: number; right: number }
  closest(selector: string): PageElement | null
}

interface PageDocument {
  documentElement: { scrollWidth: number; clientWidth: number }
  querySelectorAll(selector: string): Iterable<PageElement>
}

/** For people to look at, when SCREENSHOTS names a directory. */
export async function shoot(page: Page, name: string): Promise<void> {
  const directory = process.env.SCREENSHOTS
  if (!directory) return
  mkdirSync(directory, { recursive: true })
  await page.screenshot({ path: `${directory}/${name}.png`, fullPage: true })
}
