import type { MessageRef } from '../languages/words.ts'
import type { Facts } from './facts.ts'

/** What one check of the site found, in English. */
export interface LocalizedCheckResult {
  /** Stable, for programs: `address`, `this-site`, `authorization-header`, `https`, `page-policy`, `caller-address`, `oauth-metadata`, `clock`, `migrations`, `secret`. */
  check: string
  /** `fail`: something does not work. `warn`: it works, but look at it; or it could not be checked. */
  status: 'ok' | 'warn' | 'fail'
  /** One sentence for people, with no secret in it. */
  message: string
  /** What to do, where there is something to do. */
  advice?: string
}

/** The same before it is put into the reader's language. */
export interface CheckResult {
  check: string
  status: LocalizedCheckResult['status']
  says: MessageRef
  advice?: MessageRef
}

/** Judges what was found out; asks nothing itself. */
export interface Check {
  name: string
  /** Whether it tells of the site's inside, and so is not for each of its users. */
  isForAdministrators: boolean
  /** Whether the site has what is looked at; always if absent. */
  isNeeded?(facts: Facts): boolean
  judge(facts: Facts): Omit<CheckResult, 'check'>
}
