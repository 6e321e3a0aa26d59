import { ConnectError } from '../errors.ts'
import { networkOf } from '../http/address.ts'
import { fold } from '../users/fold.ts'
import type { Count, Counts } from './counts.ts'

interface Limit {
  /** Failed attempts that are allowed. */
  points: number
  /** Seconds for which they count. */
  duration: number
}

export interface Limits {
  /** At one user from one address. */
  pair: Limit
  /** From one address at all users. Services share addresses, so this one is wide. */
  address: Limit
  /** At one user from all addresses. Past it, an address that failed once is refused; a new one may still try. */
  user: Limit
}

/** For passwords that people choose, and so others may guess. */
export const LOG_IN_LIMITS: Limits = {
  pair: { points: 10, duration: 600 },
  address: { points: 100, duration: 600 },
  user: { points: 100, duration: 3600 },
}

/** For application passwords, which nobody can guess: to bound what scripts cost that try on and on. */
export const API_LIMITS: Limits = {
  pair: { points: 100, duration: 600 },
  address: { points: 1000, duration: 600 },
  user: { points: 1000, duration: 3600 },
}

export type Throttle = ReturnType<typeof createThrottle>
/** Makes a throttle whose counts are its own. */
export type CreateThrottle = (name: string, limits: Limits) => Throttle

/** At least a second, whatever the store says of a count that is about to end. */
const tooMany = ({ secondsLeft }: Count) =>
  new ConnectError('too_many_attempts', { headers: { 'Retry-After': String(Math.max(1, Math.ceil(secondsLeft))) } })

/** Counts failed attempts by address and by user. */
export function createThrottle(name: string, limits: Limits, counts: Counts) {
  const one = (kind: string, value: string, { duration }: Limit) => ({
    key: `${name} ${kind} ${value}`,
    seconds: duration,
  })

  function countedOf(ip: string | null, login: string) {
    const address = networkOf(ip ?? '')
    // As users are found, or each spelling of a login would have attempts of its own.
    const user = fold(login.slice(0, 200))
    return [
      one('pair', `${address} ${user}`, limits.pair),
      one('address', address, limits.address),
      one('user', user, limits.user),
    ] as const
  }

  return {
    /**
     * Counts an attempt before it is made, so that many at once cannot pass together.
     *
     * @throws ConnectError `too_many_attempts`, with Retry-After in seconds, for a caller who is past a limit.
     */
    async attempt(ip: string | null, login: string): Promise<void> {
      const [pair, address, user] = countedOf(ip, login)
      // First and alone: an address past its limit must not go on to fill the store with logins that it makes up, for which
      // the counts that hold it would have to make room.
      const [ofAddress] = (await counts.add([address], 1)) as [Count]
      if (ofAddress.points > limits.address.points) throw tooMany(ofAddress)
      const [ofPair, ofUser] = (await counts.add([pair, user], 1)) as [Count, Count]
      if (ofPair.points > limits.pair.points) {
        // Not an attempt at the user any more, or one address alone could use up what is allowed to all.
        await counts.add([user], -1)
        throw tooMany(ofPair)
      }
      if (ofUser.points > limits.user.points && ofPair.points > 1) throw tooMany(ofPair)
    },
    /** An attempt that neither failed nor succeeded, such as one that the site was too busy to check, does not count. */
    async takeBack(ip: string | null, login: string): Promise<void> {
      await counts.add(countedOf(ip, login), -1)
    },
    /** After a success: it does not count, nor does what this caller mistyped before. */
    async forgive(ip: string | null, login: string): Promise<void> {
      const [pair, address, user] = countedOf(ip, login)
      await Promise.all([counts.forget(pair.key), counts.add([address, user], -1)])
    },
  }
}
