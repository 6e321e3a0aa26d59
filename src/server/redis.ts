import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'

const MAX_WAIT_MS = 2_000

/**
 * Connects to the Redis that a `REDIS_URL` names. One that is away keeps nobody waiting: commands fail at once, and the
 * client goes on trying in the background.
 */
export async function openRedis(url: string): Promise<Redis> {
  const { Redis } = await loadClient()
  const redis = new Redis(url, {
    connectTimeout: MAX_WAIT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(times * 200, 2000),
  })
  // Whoever counts there says that it is away. Without a listener it would be printed at each try.
  redis.on('error', () => {})
  const isDecided = new Promise(resolve => redis.once('ready', resolve).once('close', resolve))
  // One that takes connections and never answers is away, too.
  await Promise.race([isDecided, setTimeout(MAX_WAIT_MS, undefined, { ref: false })])
  return redis
}

/** Only where it is asked for: the package can do without. */
async function loadClient() {
  try {
    return await import('ioredis')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Error('REDIS_URL needs the package ioredis. Run: npm install ioredis')
  }
}
