import type { Context } from 'koa'
import type { Site } from '../connect/options.ts'
import type { Words } from '../languages/words.ts'
import { isAdministrator, type User } from '../users/user.ts'
import type { CheckLimit } from './check-limit.ts'
import { LEAVE_IT_ALONE, LET_IT_THROUGH } from './checks/authorization.ts'
import type { Doctor, NamedJudgement } from './doctor.ts'
import { probePath } from './probe-routes.ts'
import type { Probes } from './probes.ts'

/** What the page shows, and what its script tries. */
export interface ConnectionCheck {
  results: readonly NamedJudgement[]
  /** Path below the site's root that tells the browser whether its Authorization header arrives, once. */
  probe: string
  /** What to do if it does not, and if another answers. */
  probeAdvice: { missing: Words; unanswered: Words }
}

export type CheckConnection = ReturnType<typeof createCheckConnection>

interface Parts {
  site: Site
  doctor: Doctor
  probes: Probes
  countCheck: CheckLimit
}

/** The check behind the button of the profile page. */
export function createCheckConnection({ site, doctor, probes, countCheck }: Parts) {
  const { host } = new URL(site.url)
  /** @throws ConnectError `too_many_attempts` */
  return async function checkConnection(ctx: Context, user: User): Promise<ConnectionCheck> {
    await countCheck(user)
    const visitor = { isSecure: ctx.secure, isAtAddress: ctx.host === host }
    return {
      results: await doctor.examineFor(visitor, isAdministrator(user)),
      probe: probePath('authorization-header', probes.createNonce('authorization-header')),
      probeAdvice: { missing: LET_IT_THROUGH, unanswered: LEAVE_IT_ALONE },
    }
  }
}
