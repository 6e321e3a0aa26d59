import { RateLimiterMemory } from 'rate-limiter-flexible'
import { ConnectError } from '../errors.ts'
import { networkOf } from './address.ts'

/** Failed attempts that are allowed, and for how many seconds they count. */
const LIMITS = {
  /** At one user from one address: a person who mistypes. */
  pair: { points: 10, duration: 600 },
  /** From one address at all users. Services share addresses, so this one is wide. */
  address: { points: 100, duration: 600 },
  /** At one user from all addresses. Past it, an address that failed once is refused; a new one may still try. */
  user: { points: 100, duration: 3600 },
}

export type Throttle = ReturnType<typeof createThrottle>

/** Counts failed attempts by address and by user. */
export function createThrottle() {
  const pairs = new RateLimiterMemory(LIMITS.pair)
  const addresses = new RateLimiterMemory(LIMITS.address)
  const users = new RateLimiterMemory(LIMITS.user)

  async function secondsToWait(pair: string, address: string, user: string): Promise<number> {
    const [ofPair, ofAddress, ofUser] = await Promise.all([pairs.get(pair), addresses.get(address), users.get(user)])
    const waits = [
      ofPair && ofPair.consumedPoints >= LIMITS.pair.points ? ofPair.msBeforeNext : 0,
      ofAddress && ofAddress.consumedPoints >= LIMITS.address.points ? ofAddress.msBeforeNext : 0,
      ofPair && ofUser && ofUser.consumedPoints >= LIMITS.user.points ? ofPair.msBeforeNext : 0,
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
