import { createHmac } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { compare } from 'bcryptjs'
import { verifyArgon2id } from './argon2id.ts'
import { constantTimeEqual } from './constant-time.ts'
import { fastHash, isFastHash, loadFastHash } from './fast-hash.ts'
import { type QueueOptions, queueHash } from './hash-queue.ts'
import { isPhpass, phpass } from './phpass.ts'

/** Longer than any password that WordPress or this package accepts; what is longer is not worth hashing. */
const MAX_PASSWORD = 4096

/**
 * Whether a password matches a hash of any form that WordPress has written: `$generic$` and `$wp$2y$` (6.8 and later),
 * `$P$` (before), `$2y$`, `$argon2id$` and `$argon2i$` (by plugins). A hash of no known form matches nothing.
 *
 * @param turn in the queueKey of whom the password is of, so that guesses at one keep nobody else waiting
 */
export async function verifyHash(password: string, hash: string, turn?: QueueOptions): Promise<boolean> {
  if (password.length > MAX_PASSWORD) return false
  if (isFastHash(hash)) {
    await loadFastHash()
    return constantTimeEqual(fastHash(password), hash)
  }
  if (/^\$argon2id?\$/.test(hash)) return verifyArgon2id(password, hash, turn)
  if (isPhpass(hash)) return amidOthers(async () => constantTimeEqual(await phpass(password, hash), hash), turn)
  if (hash.startsWith('$wp$2y$')) {
    return amidOthers(() => compareBcrypt(wordpressPreHash(password), hash.slice('$wp'.length)), turn)
  }
  if (/^\$2[aby]\$/.test(hash)) return amidOthers(() => compareBcrypt(password, hash), turn)
  return false
}

/** What is computed on the thread that answers requests: one after the other, and before each whoever else has come. */
const amidOthers = (verify: () => Promise<boolean>, turn?: QueueOptions) =>
  queueHash(async () => {
    await setImmediate()
    return verify()
  }, turn)

/** What only looks like a bcrypt hash matches nothing. */
const compareBcrypt = (password: string, hash: string) => compare(password, hash).catch(() => false)

/** bcrypt reads 72 bytes only, so WordPress 6.8 gives it an HMAC of the trimmed password instead of the password. */
function wordpressPreHash(password: string): string {
  return createHmac('sha384', 'wp-sha384').update(trimLikePhp(password)).digest('base64')
}

const trimLikePhp = (text: string) => text.replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '')
