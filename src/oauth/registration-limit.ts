import { networkOf } from '../http/address.ts'
import type { Counts } from '../throttle/counts.ts'

/** Applications that one address may bring along in an hour. */
const MOST_AN_HOUR = 60

export type RegistrationLimit = ReturnType<typeof createRegistrationLimit>

/** An open registration is a row, or a request to elsewhere, for anybody: bounded by address. */
export function createRegistrationLimit(counts: Counts) {
  return {
    async isWithin(ip: string | null): Promise<boolean> {
      const [count] = await counts.add([{ key: `registration ${networkOf(ip ?? '')}`, seconds: 3600 }], 1)
      return count !== undefined && count.points <= MOST_AN_HOUR
    },
  }
}
