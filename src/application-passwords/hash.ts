import { createHmac, type KeyObject } from 'node:crypto'
import { hashArgon2id } from '../crypto/argon2id.ts'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { fastHash } from '../crypto/fast-hash.ts'
import { verifyHash } from '../crypto/verify-hash.ts'

/** How a site stores application passwords and finds them again. */
export interface HashScheme {
  /** Prefix of every `lookup` value of this scheme. */
  form: string
  /** Returns the value that the row of a password is found by: always the same for a password, and useless without it. */
  lookup(password: string): string
  hash(password: string): Promise<string>
  /** Whether a row that was found by `lookup` really holds this password. */
  verify(password: string, lookup: string, hash: string): boolean | Promise<boolean>
}

/** WordPress's fast hash is also its look-up value. A memory-hard hash adds nothing to 142 random bits. */
export const generic: HashScheme = {
  form: '$generic$',
  lookup: fastHash,
  hash: async password => fastHash(password),
  // The row was found by this very hash.
  verify: (_password, lookup, hash) => constantTimeEqual(lookup, hash),
}

/**
 * For a site whose policy requires argon2id. Rows are found by an HMAC with a key of the site, and checked with argon2id
 * once per process. A password that matches a hash will always match it, so the match may be remembered. Whether the row
 * still exists is read from the database each time.
 *
 * @param key a separate key, see `deriveKey()`
 */
export function argon2id(key: KeyObject): HashScheme {
  const matches = new Map<string, string>()
  const hmac = (text: string) => createHmac('sha256', key).update(text)
  // The prefix contains a fingerprint of the key. So rows that were created with another secret are recognized, and found
  // the slow way.
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
