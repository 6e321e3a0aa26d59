import { z } from 'zod'
import type { RedisClient } from './redis-store.ts'

const redisSchema = z.custom<RedisClient>(
  value => typeof (value as RedisClient | null)?.eval === 'function' && 'status' in (value as RedisClient),
  'expected an ioredis client: new Redis(url)',
)

export const throttleSchema = z
  .union(
    [z.enum(['memory', 'database']), z.strictObject({ redis: redisSchema })],
    'expected "memory", "database" or { redis: new Redis(url) } with an ioredis client',
  )
  .default('memory')

/** Where failed attempts are counted. */
export type ThrottleStore = z.output<typeof throttleSchema>
