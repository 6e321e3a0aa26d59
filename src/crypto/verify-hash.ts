import { createHmac } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { compare } from 'bcryptjs'
import { verifyArgon2id } from './argon2id.ts'
import { constantTimeEqual } from './constant-time.ts'
import { fastHash, isFastHash, loadFastHash } from './fast-hash.ts'
import { type QueueOptions, queueHash } from './hash-queue.ts'
import { isPhpass, phpass } from './phpass.ts'

/** Longer than any password that WordPress or this package accepts, so longer ones need not be hashed. */
const MAX_PASSWORD = 4096

/**
 * Whether a password matches a hash in any format that WordPress has written: `$generic$` and `$wp$2y$` (6.8 and later),
 * `$P$` (before), `$2y$`, `$argon2id$` and `$argon2i$` (by plugins). A hash in an unknown format matches nothing.
 *
 * @param turn set its queueKey to the user, so that guesses at one user do not delay the others
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

/** Runs hashes that block the main thread: one after the other, with pending requests served before each. */
const amidOthers = (verify: () => Promise<boolean>, turn?: QueueOptions) =>
  queueHash(async () => {
    await setImmediate()
    return verify()
  }, turn)

/** An invalid bcrypt hash matches nothing. */
const compareBcrypt = (password: string, hash: string) => compare(password, hash).catch(() => false)

/** bcrypt reads only 72 bytes. So WordPress 6.8 passes it an HMAC of the trimmed password instead of the password. */
function wordpressPreHash(password: string): string {
  return createHmac('sha384', 'wp-sha384').update(trimLikePhp(password)).digest('base64')
}

const trimLikePhp = (text: string) => text.replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '')
