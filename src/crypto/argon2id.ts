import argon2 from 'argon2'
import { ConnectError } from '../errors.ts'
import { type QueueOptions, queueHash } from './hash-queue.ts'

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** @returns a hash in PHC format, which PHP's `password_verify()` can check too */
export const hashArgon2id = (password: string): Promise<string> => queueHash(() => argon2.hash(password, COST))

/** @param turn see `queueHash()` */
export const verifyArgon2id = (password: string, hash: string, turn?: QueueOptions): Promise<boolean> =>
  queueHash(() => argon2.verify(hash, password), turn).catch(error => {
    if (error instanceof ConnectError) throw error
    return false // The hash only looks like argon2id.
  })

export const needsNewArgon2id = (hash: string): boolean =>
  !hash.startsWith('$argon2id$') || argon2.needsRehash(hash, COST)
