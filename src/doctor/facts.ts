import type { Environment, Site } from '../site.ts'
import type { Metadata } from './ask-metadata.ts'
import type { Answer } from './ask-site.ts'

/** Whoever presses the button, as the app sees them. */
export interface Visitor {
  isSecure: boolean
  /** Whether they came in by the address in `site.url`. */
  isAtAddress: boolean
}

/** `serve`: this package's own server, which environment variables set up; `app`: a host's own code. */
export type StartedBy = 'serve' | 'app'

/** All that the checks judge by. */
export interface Facts {
  site: Site
  environment: Environment
  startedBy: StartedBy
  /** Null on the command line. */
  visitor: Visitor | null
  /** What the site itself said, asked at its own address: whether it was called by https. */
  https: Answer
  /** Whether a request's Authorization header arrived. */
  authorization: Answer
  /** Whether a request came with its caller's address; and whether one ever came to this process without. */
  callerAddress: Answer
  hasUnknownCallers: boolean
  /** Null without OAuth. */
  metadata: readonly Metadata[] | null
  /** Names of those that have not run; null if the database could not be asked. */
  pendingMigrations: readonly string[] | null
}
