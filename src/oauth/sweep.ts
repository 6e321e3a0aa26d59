import { setImmediate } from 'node:timers/promises'
import { nowInSeconds } from '../values/unix-seconds.ts'
import type { AssertionRows } from './clients/assertion-rows.ts'
import { COPY_SECONDS } from './clients/client-documents.ts'
import type { ClientRows } from './clients/client-rows.ts'
import type { DocumentRows } from './clients/document-rows.ts'
import type { GrantRows } from './grants/grant-rows.ts'
import type { InteractionRows } from './provider/interaction-rows.ts'
import type { SigningKeys } from './provider/signing-keys.ts'
import type { TokenRows } from './tokens/token-rows.ts'

const SWEEP_EVERY_MS = 10 * 60_000
/** Small, so that requests do not wait for it. */
const BATCH = 200
/** Allows for clock differences. A used refresh token lives as long as a new one: its second use reveals a theft. */
const GRACE_SECONDS = 60
/** Longer than the time between Authorize and the first token. */
const GRANT_GRACE_SECONDS = 3600
/** For registrations that no user has authorized. Clients keep their ID forever, and people return after a holiday. */
const REGISTRATION_SECONDS = 30 * 24 * 3600

/** For copies of documents of applications that no user has authorized. */
const UNUSED_COPY_SECONDS = 3600

interface SweepParts {
  clients: ClientRows
  grants: GrantRows
  tokens: TokenRows
  interactions: InteractionRows
  assertions: AssertionRows
  documents: DocumentRows
  signingKeys: SigningKeys
}

export type Sweep = ReturnType<typeof createSweep>

/** Deletes expired and unused rows from time to time, in the background of requests. */
export function createSweep(
  { clients, grants, tokens, interactions, assertions, documents, signingKeys }: SweepParts,
  report: (error: unknown) => void,
) {
  let last = 0
  let underWay = Promise.resolve()

  async function deleteExpired(): Promise<void> {
    const now = nowInSeconds()
    await inBatches(() => tokens.deleteExpired(now - GRACE_SECONDS, BATCH))
    await inBatches(() => interactions.deleteExpired(now, BATCH))
    await inBatches(() => grants.deleteExpired(now - GRANT_GRACE_SECONDS, BATCH))
    await inBatches(() => clients.deleteExpired(now - REGISTRATION_SECONDS, BATCH))
    await inBatches(() => assertions.deleteExpired(now - GRACE_SECONDS, BATCH))
    await inBatches(() => documents.deleteExpired(now - COPY_SECONDS, now - UNUSED_COPY_SECONDS, BATCH))
    await signingKeys.deleteExpired()
  }

  return {
    /** Deletes all of it now. */
    deleteExpired,
    /** Starts a deletion in the background, if the last one is long enough ago. */
    runIfDue(): void {
      if (Date.now() - last < SWEEP_EVERY_MS) return
      last = Date.now()
      underWay = deleteExpired().catch(report)
    },
    /** Waits for a running deletion. */
    finished: (): Promise<void> => underWay,
  }
}

async function inBatches(batch: () => Promise<number>): Promise<void> {
  while ((await batch()) === BATCH) await setImmediate()
}
