import { createBLAKE2b } from 'hash-wasm'

const PREFIX = '$generic$'
const KEY = new TextEncoder().encode('wp_fast_hash_6.8+')
const BITS = 240

let blake2b: Awaited<ReturnType<typeof createBLAKE2b>> | undefined

/**
 * Compiles the hash once per process; afterwards it takes microseconds. It does not happen at import, because `require()`
 * cannot load modules with top-level await. node:crypto has no keyed BLAKE2b.
 */
export async function loadFastHash(): Promise<void> {
  blake2b ??= await createBLAKE2b(BITS, KEY)
}

/**
 * WordPress 6.8's `wp_fast_hash()`: keyed BLAKE2b, for secrets that are random enough to need no slow hash.
 *
 * @returns 49 characters: `$generic$` and 40 characters of base64url
 * @throws Error before {@link loadFastHash}
 */
export function fastHash(secret: string): string {
  if (!blake2b) throw new Error('fastHash() before loadFastHash()')
  const digest = blake2b.init().update(secret).digest('binary')
  return PREFIX + Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('base64url')
}

export const isFastHash = (hash: string): boolean => hash.startsWith(PREFIX)
