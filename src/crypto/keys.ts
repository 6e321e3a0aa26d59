import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/**
 * Derives a separate key for each purpose, so that a signature for one is never valid for another (RFC 5869). It returns a
 * KeyObject: with a Buffer, Node would create a key at each use, which costs ten times as much as an HMAC.
 */
export function deriveKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'koa-wp-connect', purpose, 32)))
}
