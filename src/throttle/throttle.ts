import { networksOf } from '../http/address.ts'
import { fold } from '../values/fold.ts'
import type { CounterKey, CounterStore, CounterValue } from './counter-store.ts'
import { addWithin, countedNetworks, type Limit } from './limit.ts'
import { tooManyAttempts } from './too-many.ts'

export interface Limits {
  /** Attempts at one user from one address. */
  pair: Limit
  /** Attempts from one address at all users. It is high, because services share addresses. */
  address: Limit
  /**
   * Attempts at one user from all addresses. Beyond it, a caller who has failed once is rejected; a new address may still
   * try once.
   */
  user: Limit
}

/** For passwords that people choose, and that can be guessed. */
export const LOGIN_LIMITS: Limits = {
  pair: { points: 10, duration: 600 },
  address: { points: 100, duration: 600 },
  user: { points: 100, duration: 3600 },
}

/** For application passwords, which cannot be guessed. It limits the cost of scripts that retry endlessly. */
export const API_LIMITS: Limits = {
  pair: { points: 100, duration: 600 },
  address: { points: 1000, duration: 600 },
  user: { points: 1000, duration: 3600 },
}

export type Throttle = ReturnType<typeof createThrottle>
/**
 * Creates a throttle with separate counters.
 *
 * @param name separates the counters, so it must be unique
 */
export type CreateThrottle = (name: string, limits: Limits) => Throttle

const tooMany = ({ secondsLeft }: CounterValue) => tooManyAttempts(secondsLeft)

/**
 * Counts failed attempts by address and by user. IPv6 callers are counted by /64, /56 and /48, because one
 * connection has many addresses. A caller without an address is counted only by user: with a shared counter, one of them
 * could lock out all others.
 */
export function createThrottle(
  name: string,
  limits: Limits,
  counts: CounterStore,
  noteUnknownAddress: () => void = () => {},
) {
  function countedOf(ip: string | null, login: string) {
    // Folded like in the look-up of users. Otherwise each spelling of a login would have separate attempts.
    const user = fold(login.slice(0, 200))
    const networks = networksOf(ip)
    const ofUser: CounterKey = {
      kind: `${name} user`,
      key: user,
      seconds: limits.user.duration,
      limit: limits.user.points,
    }
    return {
      networks,
      pairs: countedNetworks(`${name} pair`, networks, limits.pair, network => `${network.name} ${user}`),
      addresses: countedNetworks(`${name} address`, networks, limits.address),
      user: ofUser,
    }
  }

  return {
    /**
     * Counts an attempt before it is made, so that many concurrent ones cannot pass together.
     *
     * @throws ConnectError `too_many_attempts`, with Retry-After in seconds, for a caller past a limit
     */
    async attempt(ip: string | null, login: string): Promise<void> {
      if (ip === null) noteUnknownAddress()
      const { networks, pairs, addresses, user } = countedOf(ip, login)
      // First and separately: an address past its limit must not fill the store with invented logins.
      const ofAddresses = await addWithin(counts, addresses)
      if (ofAddresses.past) throw tooMany(ofAddresses.past)
      const { all, past } = await addWithin(counts, pairs, [user])
      if (past) throw tooMany(past)
      const ofPairs = all.slice(0, pairs.length)
      const ofUser = all.at(-1) as CounterValue
      if (ofUser.points <= user.limit) return
      // One try for each new address, and a proportional number for all addresses of a /56 and a /48.
      const hasHadTries = networks.some(({ times }, at) => (ofPairs[at]?.points ?? 0) > times)
      if (networks.length === 0 || hasHadTries) throw tooMany(ofPairs[0] ?? ofUser)
    },
    /**
     * Takes back an attempt that neither failed nor succeeded, for example because the site was too busy to check it. It
     * still counts for the address: otherwise an address could overload the site with invented logins endlessly.
     */
    async takeBack(ip: string | null, login: string): Promise<void> {
      const { pairs, user } = countedOf(ip, login)
      await counts.add([...pairs, user], -1)
    },
    /** After a success: takes back this attempt, and forgets the caller's earlier mistakes. */
    async forgive(ip: string | null, login: string): Promise<void> {
      const { pairs, addresses, user } = countedOf(ip, login)
      const [narrowest, ...wider] = pairs
      await Promise.all([narrowest && counts.forget(narrowest), counts.add([...wider, ...addresses, user], -1)])
    },
  }
}
