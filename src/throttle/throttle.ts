import { networksOf } from '../http/address.ts'
import { fold } from '../values/fold.ts'
import type { CounterKey, CounterStore, CounterValue } from './counts.ts'
import { addWithin, countedNetworks, type Limit } from './limit.ts'
import { tooManyAttempts } from './too-many.ts'

export interface Limits {
  /** At one user from one address. */
  pair: Limit
  /** From one address at all users. Services share addresses, so this one is wide. */
  address: Limit
  /** At one user from all addresses. Past it, a caller who failed once is refused; one from a new address may still try. */
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
/** Makes a throttle whose counts are its own. @param name its own too: it separates the counts */
export type CreateThrottle = (name: string, limits: Limits) => Throttle

const tooMany = ({ secondsLeft }: CounterValue) => tooManyAttempts(secondsLeft)

/**
 * Counts failed attempts by address and by user. IPv6 callers are counted by /64, /56 and /48, so that many addresses of one
 * line are not many callers. A caller without an address is counted by user alone: sharing a count with all others of the kind
 * would let one of them lock out the rest.
 */
export function createThrottle(
  name: string,
  limits: Limits,
  counts: CounterStore,
  noteUnknownAddress: () => void = () => {},
) {
  function countedOf(ip: string | null, login: string) {
    // As users are found, or each spelling of a login would have attempts of its own.
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
     * Counts an attempt before it is made, so that many at once cannot pass together.
     *
     * @throws ConnectError `too_many_attempts`, with Retry-After in seconds, for a caller who is past a limit.
     */
    async attempt(ip: string | null, login: string): Promise<void> {
      if (ip === null) noteUnknownAddress()
      const { networks, pairs, addresses, user } = countedOf(ip, login)
      // First and alone: an address past its limit must not go on to fill the store with logins that it makes up.
      const ofAddresses = await addWithin(counts, addresses)
      if (ofAddresses.past) throw tooMany(ofAddresses.past)
      const { all, past } = await addWithin(counts, pairs, [user])
      if (past) throw tooMany(past)
      const ofPairs = all.slice(0, pairs.length)
      const ofUser = all.at(-1) as CounterValue
      if (ofUser.points <= user.limit) return
      // One try for each new address, and so many for all addresses of a /56 and a /48.
      const hasHadTries = networks.some(({ times }, at) => (ofPairs[at]?.points ?? 0) > times)
      if (networks.length === 0 || hasHadTries) throw tooMany(ofPairs[0] ?? ofUser)
    },
    /**
     * An attempt that neither failed nor succeeded, such as one that the site was too busy to check, is no guess. It stays an
     * attempt of its address, or one that keeps the site busy could make up logins without end.
     */
    async takeBack(ip: string | null, login: string): Promise<void> {
      const { pairs, user } = countedOf(ip, login)
      await counts.add([...pairs, user], -1)
    },
    /** After a success: it does not count, nor does what this caller mistyped before. */
    async forgive(ip: string | null, login: string): Promise<void> {
      const { pairs, addresses, user } = countedOf(ip, login)
      const [narrowest, ...wider] = pairs
      await Promise.all([narrowest && counts.forget(narrowest), counts.add([...wider, ...addresses, user], -1)])
    },
  }
}
