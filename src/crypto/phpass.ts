import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Whether a hash has phpass's portable format, which WordPress wrote until 6.7. */
export const isPhpass = (hash: string): boolean => /^\$P\$[./0-9A-Za-z]{31}$/.test(hash)

/**
 * Returns the number of iterations of a portable phpass hash. Null for another format, or for a number that phpass rejects.
 */
export function phpassRounds(hash: string): number | null {
  const log2 = isPhpass(hash) ? ALPHABET.indexOf(hash.charAt(3)) : 0
  return log2 >= 7 && log2 <= 30 ? 2 ** log2 : null
}

/** Work that may run before other requests get their turn: MD5 of 1 MB, about 3 ms. */
export const MAX_BYTES_AT_ONCE = 2 ** 20
/** The fixed cost of one call, expressed in bytes. */
const BYTES_OF_A_CALL = 1024

/**
 * Computes phpass's portable hash with the settings of another hash: iterated MD5, as defined by
 * https://www.openwall.com/phpass/. WordPress accepts passwords of 4096 bytes, for which a hash with the maximum of rounds
 * may take a second. So it pauses regularly to let other requests run.
 *
 * @param setting a whole hash or its first 12 characters
 */
export async function phpass(
  password: string,
  setting: string,
  pause: () => Promise<unknown> = setImmediate,
): Promise<string> {
  const rounds = 2 ** ALPHABET.indexOf(setting.charAt(3))
  const salt = setting.slice(4, 12)
  const bytes = Buffer.from(password)
  const roundsAtOnce = Math.max(1, Math.floor(MAX_BYTES_AT_ONCE / (bytes.length + BYTES_OF_A_CALL)))
  let digest = createHash('md5').update(salt).update(bytes).digest()
  for (let round = 1; round <= rounds; round++) {
    digest = createHash('md5').update(digest).update(bytes).digest()
    if (round % roundsAtOnce === 0) await pause()
  }
  return setting.slice(0, 12) + encode(digest)
}

/** phpass's own base 64: little-endian, six bits per character. */
function encode(bytes: Buffer): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = bytes.subarray(i, i + 3)
    const value = (group[0] ?? 0) | ((group[1] ?? 0) << 8) | ((group[2] ?? 0) << 16)
    for (let letter = 0; letter <= group.length; letter++) text += ALPHABET.charAt((value >> (6 * letter)) & 63)
  }
  return text
}
