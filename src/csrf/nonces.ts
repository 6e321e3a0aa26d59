import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { deriveKey } from '../crypto/keys.ts'

/** The action of a nonce that lets a page's own script use the REST API, under WordPress's name. */
export const REST_NONCE = 'wp_rest'

/** A nonce is valid for 12 to 24 hours, as in WordPress. */
const TICK_MS = 12 * 60 * 60 * 1000

/** What a nonce is bound to. */
interface NonceSubject {
  /** The action that it allows, such as `wp_rest`. */
  action: string
  /** '' if no user is logged in. */
  userId: string
  /** The random id of the browser, see `createFormTokens()`. */
  browser: string
}

export type Nonces = ReturnType<typeof createNonces>

/** Nonces like WordPress's: tokens that only this site can create, for one action of one user at one browser. */
export function createNonces(secret: string, now: () => number = Date.now) {
  const key = deriveKey(secret, 'nonce')
  const tick = () => Math.floor(now() / TICK_MS)
  const sign = (at: number, { action, userId, browser }: NonceSubject) =>
    createHmac('sha256', key)
      .update(JSON.stringify([at, action, userId, browser]))
      .digest('base64url')
      .slice(0, 22)

  return {
    create: (subject: NonceSubject): string => sign(tick(), subject),
    verify(nonce: string, subject: NonceSubject): boolean {
      if (subject.browser === '') return false
      return [tick(), tick() - 1].some(at => constantTimeEqual(sign(at, subject), nonce))
    },
  }
}
