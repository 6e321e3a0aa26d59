import { RateLimiterMemory } from 'rate-limiter-flexible'
import { ConnectError } from '../errors.ts'
import { networkOf } from '../http/address.ts'
import { fold } from '../users/fold.ts'

interface Limit {
  /** Failed attempts that are allowed. */
  points: number
  /** Seconds for which they count. */
  duration: number
}

interface Limits {
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

/** Counts failed attempts by address and by user. */
export function createThrottle(limits: Limits) {
  const pairs = new RateLimiterMemory(limits.pair)
  const addresses = new RateLimiterMemory(limits.address)
  const users = new RateLimiterMemory(limits.user)

  function keysOf(ip: string | null, login: string) {
    const address = networkOf(ip ?? '')
    // As users are found, or each spelling of a login would have attempts of its own.
    const user = fold(login.slice(0, 200))
    return { pair: `${address} ${user}`, address, user }
  }

  return {
    /**
     * Counts an attempt before it is made, so that many at once cannot pass together.
     *
     * @throws ConnectError `too_many_attempts`, with Retry-After in seconds, for a caller who is past a limit.
     */
    async attempt(ip: string | null, login: string): Promise<void> {
      const { pair, address, user } = keysOf(ip, login)
      const [ofPair, ofAddress, ofUser] = await Promise.all([
        pairs.penalty(pair),
        addresses.penalty(address),
        users.penalty(user),
      ])
      const isPast =
        ofPair.consumedPoints > limits.pair.points ||
        (ofUser.consumedPoints > limits.user.points && ofPair.consumedPoints > 1)
      const waits = [
        isPast ? ofPair.msBeforeNext : 0,
        ofAddress.consumedPoints > limits.address.points ? ofAddress.msBeforeNext : 0,
      ]
      const seconds = Math.ceil(Math.max(...waits) / 1000)
      if (seconds > 0) throw new ConnectError('too_many_attempts', { headers: { 'Retry-After': String(seconds) } })
    },
    /** An attempt that neither failed nor succeeded, such as one that the site was too busy to check, does not count. */
    async takeBack(ip: string | null, login: string): Promise<void> {
      const { pair, address, user } = keysOf(ip, login)
      await Promise.all([pairs.reward(pair), addresses.reward(address), users.reward(user)])
    },
    /** After a success: it does not count, nor does what this caller mistyped before. */
    async forgive(ip: string | null, login: string): Promise<void> {
      const { pair, address, user } = keysOf(ip, login)
      await Promise.all([pairs.delete(pair), addresses.reward(address), users.reward(user)])
    },
  }
}
