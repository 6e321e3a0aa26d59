import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { deriveKey } from '../crypto/keys.ts'
import { randomToken } from '../crypto/random-token.ts'
import type { Site } from '../site.ts'
import type { CounterStore } from '../throttle/counter-store.ts'

/** Seconds for which a nonce is valid. The clocks of the site's processes may differ by this much. */
const LIFETIME = 600

/** The tests that the site runs on itself. WordPress's Site Health uses the first two names too. */
export type Test = 'authorization-header' | 'https-status' | 'caller-address'

/** An answer signed with the site's secret. */
export interface ProvenAnswer {
  answer: boolean
  proof: string
}

export type Probes = ReturnType<typeof createProbes>

/**
 * Creates and checks test requests that the site sends to its own URL. Each has a nonce that only this site can create,
 * valid for one test and one request. The answer is a signed boolean, so that no other server can pretend to be this site.
 */
export function createProbes(
  { url }: Pick<Site, 'url'>,
  secret: string,
  counts: CounterStore,
  now: () => number = Date.now,
) {
  const key = deriveKey(secret, 'doctor')
  const sign = (...parts: readonly (string | number | boolean)[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([url, ...parts]))
      .digest('base64url')
  const seconds = () => Math.floor(now() / 1000)

  return {
    createNonce(test: Test): string {
      const question = `${seconds()}.${randomToken()}`
      return `${question}.${sign('nonce', test, question)}`
    },
    /** Whether the nonce is valid. It is valid only once. */
    async takeNonce(test: Test, nonce: string): Promise<boolean> {
      const [, question = '', made = '', signature = ''] = /^((\d{1,12})\.[\w-]{43})\.([\w-]{43})$/.exec(nonce) ?? []
      if (!constantTimeEqual(sign('nonce', test, question), signature)) return false
      if (Math.abs(seconds() - Number(made)) > LIFETIME) return false
      const [taken] = await counts.add([{ kind: 'doctor nonce', key: nonce, seconds: 2 * LIFETIME + 1, limit: 1 }], 1)
      return taken?.points === 1
    },
    prove: (test: Test, nonce: string, answer: boolean): ProvenAnswer => ({
      answer,
      proof: sign('answer', test, nonce, answer),
    }),
    /** Returns this site's answer to the nonce. Null if the answer is not this site's. */
    readAnswer(test: Test, nonce: string, said: unknown): boolean | null {
      const { answer, proof } = (said ?? {}) as { answer?: unknown; proof?: unknown }
      if (typeof answer !== 'boolean' || typeof proof !== 'string') return null
      return constantTimeEqual(sign('answer', test, nonce, answer), proof) ? answer : null
    },
  }
}
