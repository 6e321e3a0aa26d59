import type { Database } from '../database/database.ts'
import type { Site } from '../site.ts'

/** The argument of the option `content` if that is a function, as `embeddedContent()` returns one. */
export interface ContentContext {
  site: Site
  database: Database
}
