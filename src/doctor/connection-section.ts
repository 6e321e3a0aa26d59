import { ConnectError } from '../errors.ts'
import type { MessageRef } from '../languages/messages.ts'
import type { PageKit } from '../pages/kit.ts'
import { type Feedback, formAction, type ProfileVisit, type Section } from '../pages/section.ts'
import type { CounterStore } from '../throttle/counter-store.ts'
import { isAdministrator } from '../users/user.ts'
import type { CheckResult } from './check.ts'
import { countCheck } from './check-limit.ts'
import { LEAVE_IT_ALONE, LET_IT_THROUGH } from './checks/authorization.ts'
import type { Doctor } from './doctor.ts'
import { probePath } from './probe-routes.ts'
import type { Probes } from './probes.ts'

/** Data for the section, and for the test that its script runs. */
interface ConnectionCheck {
  results: readonly CheckResult[]
  /** A URL, valid once, that tells the browser whether its Authorization header arrives. */
  probe: string
  /** Advice if the header does not arrive, and if another server responds. */
  probeAdvice: { missing: MessageRef; unanswered: MessageRef }
}

interface ConnectionSectionParts {
  kit: PageKit
  doctor: Doctor
  probes: Probes
  counts: CounterStore
}

/** The profile page's section "Check the connection". */
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
      if (!(error instanceof ConnectError) || error.kind !== 'throttle') throw error
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
      // Also available while application passwords are disabled: the check may say why.
      async 'check-connection'(visit, form) {
        kit.checkFormToken(visit.ctx, visit.user, formAction('check-connection', visit.target), form)
        return answer(visit)
      },
    },
  }
}
