import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/**
 * A key of its own for each purpose, so that what is signed for one never passes for another (RFC 5869). Of a plain Buffer Node
 * would make a key at each use, which costs ten times what an HMAC does.
 */
export function deriveKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'koa-wp-connect', purpose, 32)))
}
