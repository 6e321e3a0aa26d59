import type { MessageRef } from '../languages/messages.ts'
import type { Facts } from './facts.ts'

/** The result of one check of the site, in English. */
export interface LocalizedCheckResult {
  /**
   * A stable name, for programs: `address`, `this-site`, `authorization-header`, `https`, `page-policy`, `caller-address`,
   * `oauth-metadata` or `migrations`.
   */
  check: string
  /** `fail`: something does not work. `warn`: it works but needs attention, or it could not be checked. */
  status: 'ok' | 'warn' | 'fail'
  /** One sentence for people. It contains no secret. */
  message: string
  /** What to do about it, if there is something to do. */
  advice?: string
}

/** A result before it is translated into the reader's language. */
export interface CheckResult {
  check: string
  status: LocalizedCheckResult['status']
  says: MessageRef
  advice?: MessageRef
}

/** Judges facts that were gathered before; it sends no request itself. */
export interface Check {
  name: string
  /** Whether the result reveals internals of the site, so that only administrators may see it. */
  isForAdministrators: boolean
  /** Whether the check applies to this site. It always does if absent. */
  isNeeded?(facts: Facts): boolean
  judge(facts: Facts): Omit<CheckResult, 'check'>
}
