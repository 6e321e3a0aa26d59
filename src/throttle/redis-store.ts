import type { CounterStore } from './counter-store.ts'

/** The members of an ioredis client that are used, for a single server or a cluster. */
export interface RedisClient {
  readonly status: string
  /** Runs a Lua script on the server that has the key. */
  eval(script: string, numberOfKeys: number, ...args: (string | number)[]): Promise<unknown>
  del(key: string): Promise<number>
}

/**
 * Increments, and starts the window with the first count. It is a script, so that no process can stop in between and leave
 * a counter without an end.
 */
const ADD = `
local points = redis.call('incrby', KEYS[1], ARGV[1])
if points <= 0 then
  redis.call('del', KEYS[1])
  return { 0, tonumber(ARGV[2]) }
end
local left = redis.call('pttl', KEYS[1])
if left < 0 then
  redis.call('pexpire', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return { points, left }`

/** Counts in Redis, which deletes counters when their window ends. */
export function createRedisStore(client: RedisClient, keyPrefix: string): CounterStore {
  const named = (key: string) => `${keyPrefix}:${key}`

  async function addOne(key: string, seconds: number, points: 1 | -1) {
    // Do not wait for a disconnected client: it would queue the commands until it is connected.
    if (client.status !== 'ready') throw new Error(`the client is not connected: ${client.status}`)
    const [counted, msLeft] = (await client.eval(ADD, 1, named(key), points, seconds * 1000)) as [number, number]
    return { points: counted, secondsLeft: msLeft / 1000 }
  }

  return {
    // Sent together, in one round trip.
    add: (counted, points) => Promise.all(counted.map(({ key, seconds }) => addOne(key, seconds, points))),
    async forget({ key }) {
      await client.del(named(key))
    },
  }
}
