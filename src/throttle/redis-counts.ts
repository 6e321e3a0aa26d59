import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { CounterStore } from './counts.ts'

/** What is needed of an ioredis client, of one server or of a cluster. */
export interface RedisClient {
  readonly status: string
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void
  del(key: string): Promise<number>
}

/** Counts in Redis, which forgets them by itself when their time is over. */
export function createRedisCounts(client: RedisClient, keyPrefix: string): CounterStore {
  const limiter = new RateLimiterRedis({
    storeClient: client,
    keyPrefix,
    // The limits are the throttle's; here is counted only.
    points: 1,
    duration: 1,
    // A client that is not connected is not waited for.
    rejectIfRedisNotReady: true,
  })

  async function addOne(key: string, seconds: number, points: 1 | -1) {
    const duration = { customDuration: seconds }
    const changed = points > 0 ? limiter.penalty(key, 1, duration) : limiter.reward(key, 1, duration)
    const { consumedPoints, msBeforeNext } = await changed
    return { points: consumedPoints, secondsLeft: msBeforeNext / 1000 }
  }

  return {
    // Sent together: one round trip.
    add: (counted, points) => Promise.all(counted.map(({ key, seconds }) => addOne(key, seconds, points))),
    async forget({ key }) {
      await limiter.delete(key)
    },
  }
}
