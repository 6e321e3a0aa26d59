import { createHmac, type KeyObject } from 'node:crypto'
import { hashArgon2id } from '../crypto/argon2id.ts'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { fastHash } from '../crypto/fast-hash.ts'
import { verifyHash } from '../crypto/verify-hash.ts'

/** How a site stores application passwords, and finds them again. */
export interface HashScheme {
  /** What every `lookup` value of this scheme begins with. */
  form: string
  /** What the row of this password is found by: the same for the same password, useless without it. */
  lookup(password: string): string
  hash(password: string): Promise<string>
  /** Whether a row found by `lookup` really holds this password. */
  verify(password: string, lookup: string, hash: string): boolean | Promise<boolean>
}

/** WordPress's own fast hash is its own look-up value. Memory-hard hashing adds nothing to 142 random bits. */
export const generic: HashScheme = {
  form: '$generic$',
  lookup: fastHash,
  hash: async password => fastHash(password),
  // The row was found by this very hash.
  verify: (_password, lookup, hash) => constantTimeEqual(lookup, hash),
}

/**
 * For a site whose policy demands argon2id: found by an HMAC under a key of the site's, checked with argon2id once in a
 * process. That a password matches a hash can never change, so it may be remembered; whether the row still exists is
 * read from the database each time.
 *
 * @param key of its own, see `deriveKey()`
 */
export function argon2id(key: KeyObject): HashScheme {
  const matches = new Map<string, string>()
  const hmac = (text: string) => createHmac('sha256', key).update(text)
  // The key's fingerprint, so that rows made under another secret are known as such, and found the slow way.
  const form = `$hmac$${hmac('').digest('hex').slice(0, 8)}$`

  async function verifyOnce(password: string, lookup: string, hash: string): Promise<boolean> {
    const matched = await verifyHash(password, hash)
    if (matched) {
      if (matches.size >= MAX_REMEMBERED) matches.clear()
      matches.set(lookup, hash)
    }
    return matched
  }

  return {
    form,
    lookup: password => form + hmac(password).digest('base64url'),
    hash: hashArgon2id,
    verify: (password, lookup, hash) => matches.get(lookup) === hash || verifyOnce(password, lookup, hash),
  }
}

const MAX_REMEMBERED = 100_000
