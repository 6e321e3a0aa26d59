import type { Migrator } from '../database/migrator.ts'
import { english } from '../languages/english.ts'
import type { Environment, Site } from '../site.ts'
import { askMetadata, type OAuthAddresses } from './ask-metadata.ts'
import { askSite } from './ask-site.ts'
import type { CheckResult, LocalizedCheckResult } from './check.ts'
import { CHECKS } from './checks.ts'
import type { Facts, StartedBy, Visitor } from './facts.ts'
import type { Probes } from './probes.ts'

interface DoctorParts {
  site: Site
  environment: Environment
  startedBy: StartedBy
  /** Null without OAuth. */
  oauth: OAuthAddresses | null
  hasUnknownCallers: () => boolean
  migrator: Migrator
  probes: Probes
}

export type Doctor = ReturnType<typeof createDoctor>

/** Checks whether the site works as its clients need it: gathers the facts, and lets each check judge them. */
export function createDoctor(parts: DoctorParts) {
  const { site, environment, startedBy, migrator, probes, oauth, hasUnknownCallers } = parts

  async function factsFor(visitor: Visitor | null): Promise<Facts> {
    const [https, authorization, callerAddress, pendingMigrations] = await Promise.all([
      askSite(site, probes, 'https-status'),
      askSite(site, probes, 'authorization-header'),
      askSite(site, probes, 'caller-address'),
      // A database failure is a result of the check, not an error.
      migrator.pending().catch(() => null),
    ])
    // If another server responds, its metadata does not matter.
    const isThisSite = callerAddress.from === 'this-site'
    const metadata = oauth && (isThisSite ? await askMetadata(site, oauth) : [])
    return {
      site,
      environment,
      startedBy,
      visitor,
      https,
      authorization,
      callerAddress,
      hasUnknownCallers: hasUnknownCallers(),
      metadata,
      pendingMigrations,
    }
  }

  return {
    /** Runs all checks, for the site's owner. */
    async examine(): Promise<LocalizedCheckResult[]> {
      return judge(await factsFor(null), true).map(inEnglish)
    },
    /** Runs the checks for the visitor of the page. Only administrators see internals of the site. */
    async examineFor(visitor: Visitor, isAdministrator: boolean): Promise<CheckResult[]> {
      return judge(await factsFor(visitor), isAdministrator)
    },
  }
}

const judge = (facts: Facts, isForAdministrator: boolean): CheckResult[] =>
  CHECKS.filter(
    ({ isForAdministrators, isNeeded }) =>
      (isForAdministrator || !isForAdministrators) && (isNeeded === undefined || isNeeded(facts)),
  ).map(check => ({
    check: check.name,
    ...check.judge(facts),
  }))

const inEnglish = ({ check, status, says, advice }: CheckResult): LocalizedCheckResult => ({
  check,
  status,
  message: english(says),
  ...(advice && { advice: english(advice) }),
})
