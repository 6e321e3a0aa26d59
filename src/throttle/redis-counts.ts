import type { CounterStore } from './counts.ts'

/** What is needed of an ioredis client, of one server or of a cluster. */
export interface RedisClient {
  readonly status: string
  /** Runs a Lua script on the server that has the key. */
  eval(script: string, numberOfKeys: number, ...args: (string | number)[]): Promise<unknown>
  del(key: string): Promise<number>
}

/** Adds, and starts the window with the first: a script, so that no process can end between the two and leave a count without an end. */
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

/** Counts in Redis, which forgets them by itself when their time is over. */
export function createRedisCounts(client: RedisClient, keyPrefix: string): CounterStore {
  const named = (key: string) => `${keyPrefix}:${key}`

  async function addOne(key: string, seconds: number, points: 1 | -1) {
    // A client that is not connected is not waited for: its commands would queue until it is.
    if (client.status !== 'ready') throw new Error(`the client is not connected: ${client.status}`)
    const [counted, msLeft] = (await client.eval(ADD, 1, named(key), points, seconds * 1000)) as [number, number]
    return { points: counted, secondsLeft: msLeft / 1000 }
  }

  return {
    // Sent together: one round trip.
    add: (counted, points) => Promise.all(counted.map(({ key, seconds }) => addOne(key, seconds, points))),
    async forget({ key }) {
      await client.del(named(key))
    },
  }
}
