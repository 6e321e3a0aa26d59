import type { Environment, Site } from '../site.ts'
import type { Metadata } from './ask-metadata.ts'
import type { Answer } from './ask-site.ts'

/** The visitor of the page, as the app sees their request. */
export interface Visitor {
  isSecure: boolean
  /** Whether the visitor used the URL in `site.url`. */
  isAtAddress: boolean
}

/** `serve`: this package's own server, configured by environment variables. `app`: a host's own code. */
export type StartedBy = 'serve' | 'app'

/** The facts that the checks judge. */
export interface Facts {
  site: Site
  environment: Environment
  startedBy: StartedBy
  /** Null on the command line. */
  visitor: Visitor | null
  /** Whether the site saw a test request to its own URL as https. */
  https: Answer
  /** Whether the Authorization header of a test request arrived. */
  authorization: Answer
  /**
   * Whether a test request arrived with its caller's address, and whether this process has ever had a request without one.
   */
  callerAddress: Answer
  hasUnknownCallers: boolean
  /** Null without OAuth. */
  metadata: readonly Metadata[] | null
  /** Names of the migrations that have not run. Null if the database is unavailable. */
  pendingMigrations: readonly string[] | null
}
