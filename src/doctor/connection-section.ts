import { ConnectError } from '../errors.ts'
import type { MessageRef } from '../languages/words.ts'
import type { PageKit } from '../pages/kit.ts'
import { type Feedback, formAction, type ProfileVisit, type Section } from '../pages/section.ts'
import type { CounterStore } from '../throttle/counts.ts'
import { isAdministrator } from '../users/user.ts'
import type { CheckResult } from './check.ts'
import { countCheck } from './check-limit.ts'
import { LEAVE_IT_ALONE, LET_IT_THROUGH } from './checks/authorization.ts'
import type { Doctor } from './doctor.ts'
import { probePath } from './probe-routes.ts'
import type { Probes } from './probes.ts'

/** What the page shows, and what its script tries. */
interface ConnectionCheck {
  results: readonly CheckResult[]
  /** The address that tells the browser whether its Authorization header arrives, once. */
  probe: string
  /** What to do if it does not, and if another answers. */
  probeAdvice: { missing: MessageRef; unanswered: MessageRef }
}

interface ConnectionSectionParts {
  kit: PageKit
  doctor: Doctor
  probes: Probes
  counts: CounterStore
}

/** The profile page's "Check the connection". */
export function connectionSection({ kit, doctor, probes, counts }: ConnectionSectionParts): Section {
  const { host } = new URL(kit.site.url)

  async function check({ ctx, user }: ProfileVisit): Promise<ConnectionCheck> {
    await countCheck(counts, user)
    const visitor = { isSecure: ctx.secure, isAtAddress: ctx.host === host }
    return {
      results: await doctor.examineFor(visitor, isAdministrator(user)),
      probe: kit.path(probePath('authorization-header', probes.createNonce('authorization-header'))),
      probeAdvice: { missing: LET_IT_THROUGH, unanswered: LEAVE_IT_ALONE },
    }
  }

  async function answer(visit: ProfileVisit): Promise<Feedback> {
    try {
      return { values: { connection: await check(visit) } }
    } catch (error) {
      if (!(error instanceof ConnectError) || error.status !== 429) throw error
      return { error, values: { connectionError: error } }
    }
  }

  return {
    values: async ({ ctx, user, target }) => ({
      connection: null,
      connectionError: null,
      connectionToken: kit.formToken(ctx, user, formAction('check-connection', target)),
    }),
    actions: {
      // Also where application passwords are switched off: the check may say why.
      async 'check-connection'(visit, form) {
        kit.checkFormToken(visit.ctx, visit.user, formAction('check-connection', visit.target), form)
        return answer(visit)
      },
    },
  }
}
