import { createBLAKE2b } from 'hash-wasm'

const PREFIX = '$generic$'
const KEY = new TextEncoder().encode('wp_fast_hash_6.8+')
const BITS = 240

// Compiled once; a request then pays microseconds. node:crypto has no keyed BLAKE2b.
const blake2b = await createBLAKE2b(BITS, KEY)

/**
 * WordPress 6.8's `wp_fast_hash()`: keyed BLAKE2b, for secrets that are random enough to need no slow hash.
 *
 * @returns 49 characters, `$generic$` and 40 of base64url.
 */
export function fastHash(secret: string): string {
  const digest = blake2b.init().update(secret).digest('binary')
  return PREFIX + Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('base64url')
}

export const isFastHash = (hash: string): boolean => hash.startsWith(PREFIX)
