import { RateLimiterMemory } from 'rate-limiter-flexible'
import { ConnectError } from '../errors.ts'
import { networkOf } from './address.ts'

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

/** For application passwords, which nobody can guess: to bound the load of scripts that try on and on. */
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

  async function secondsToWait(pair: string, address: string, user: string): Promise<number> {
    const [ofPair, ofAddress, ofUser] = await Promise.all([pairs.get(pair), addresses.get(address), users.get(user)])
    const waits = [
      ofPair && ofPair.consumedPoints >= limits.pair.points ? ofPair.msBeforeNext : 0,
      ofAddress && ofAddress.consumedPoints >= limits.address.points ? ofAddress.msBeforeNext : 0,
      ofPair && ofUser && ofUser.consumedPoints >= limits.user.points ? ofPair.msBeforeNext : 0,
    ]
    return Math.ceil(Math.max(...waits) / 1000)
  }

  const keys = (ip: string | null, login: string) => {
    const address = networkOf(ip ?? '')
    const user = login.trim().toLowerCase().slice(0, 100)
    return { pair: `${address} ${user}`, address, user }
  }

  return {
    /** @throws ConnectError `too_many_attempts`, with Retry-After in seconds, while this caller is past a limit. */
    async check(ip: string | null, login: string): Promise<void> {
      const { pair, address, user } = keys(ip, login)
      const seconds = await secondsToWait(pair, address, user)
      if (seconds > 0) throw new ConnectError('too_many_attempts', { headers: { 'Retry-After': String(seconds) } })
    },
    async countFailure(ip: string | null, login: string): Promise<void> {
      const { pair, address, user } = keys(ip, login)
      await Promise.all([pairs.penalty(pair), addresses.penalty(address), users.penalty(user)])
    },
    /** After a success: what this caller mistyped before is forgiven. */
    async forgive(ip: string | null, login: string): Promise<void> {
      await pairs.delete(keys(ip, login).pair)
    },
  }
}
