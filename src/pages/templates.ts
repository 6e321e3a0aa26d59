import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'

/** The package's `templates/`, beside `src/` in a clone and beside `dist/` when installed. */
export const TEMPLATES = new URL('../../templates/', import.meta.url)

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(fileURLToPath(TEMPLATES)), {
  autoescape: true,
  throwOnUndefined: true,
})

/** A moment (Unix seconds) for people to read, in UTC. */
environment.addFilter('date', (seconds: number) => `${DATES.format(seconds * 1000)} UTC`)
/** The same for `<time datetime>`. */
environment.addFilter('iso', (seconds: number) => new Date(seconds * 1000).toISOString())

const DATES = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** Renders `templates/<name>.html`; every value is escaped. */
export const renderTemplate = (name: string, values: object): string => environment.render(`${name}.html`, values)
