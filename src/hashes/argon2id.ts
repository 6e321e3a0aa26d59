import argon2 from 'argon2'
import { ConnectError } from '../errors.ts'

/** OWASP's setting for argon2id: 19 MiB, two passes, one lane. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** As many at once as libuv has threads for them; the rest wait, so that a flood of log-ins takes no more memory. */
const AT_ONCE = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
const LONGEST_QUEUE = 100

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= LONGEST_QUEUE) throw new ConnectError('busy')
    await new Promise<void>(resolve => waiting.push(resolve))
  } else {
    running++
  }
  try {
    return await work()
  } finally {
    // The place passes straight to the next in the queue, or is given back.
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** @returns a hash in PHC form, which PHP's `password_verify()` reads too. */
export const hashArgon2id = (password: string): Promise<string> => inTurn(() => argon2.hash(password, COST))

export const verifyArgon2id = (password: string, hash: string): Promise<boolean> =>
  inTurn(() => argon2.verify(hash, password)).catch(error => {
    if (error instanceof ConnectError) throw error
    return false // a hash that only looks like argon2id
  })

export const needsNewArgon2id = (hash: string): boolean =>
  !hash.startsWith('$argon2id$') || argon2.needsRehash(hash, COST)
