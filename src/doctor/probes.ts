import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { deriveKey } from '../crypto/keys.ts'
import { randomToken } from '../crypto/random-token.ts'
import type { Site } from '../site.ts'
import type { CounterStore } from '../throttle/counts.ts'

/** Seconds for which a nonce is good; clocks of the site's processes may differ by as much before the doctor is at a loss. */
const LIFETIME = 600

/** What the site can be asked about a request that reached it. The first two names are those of WordPress's Site Health. */
export type Test = 'authorization-header' | 'https-status' | 'caller-address'

/** An answer that nobody can give who has not the site's secret. */
export interface ProvenAnswer {
  answer: boolean
  proof: string
}

export type Probes = ReturnType<typeof createProbes>

/**
 * Questions that the site asks itself through its own address. Each has a nonce that only this site can make, good for one
 * test and one request; the answer is one boolean, signed, so that nobody else can pass for this site.
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
    /** Whether the nonce is good; it is not a second time. */
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
    /** What this site said to the nonce; null for what it did not say. */
    readAnswer(test: Test, nonce: string, said: unknown): boolean | null {
      const { answer, proof } = (said ?? {}) as { answer?: unknown; proof?: unknown }
      if (typeof answer !== 'boolean' || typeof proof !== 'string') return null
      return constantTimeEqual(sign('answer', test, nonce, answer), proof) ? answer : null
    },
  }
}
