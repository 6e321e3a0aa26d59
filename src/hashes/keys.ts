import { hkdfSync } from 'node:crypto'

/** A key of its own for each purpose, so that what is signed for one never passes for another (RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'koa-wp-connect', purpose, 32))
}
