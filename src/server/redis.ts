import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'

const MAX_WAIT_MS = 2_000

/**
 * Connects to the Redis of a `REDIS_URL`. If it is unavailable, commands fail at once, and the client retries in the
 * background.
 */
export async function openRedis(url: string): Promise<Redis> {
  const { Redis } = await loadClient()
  const redis = new Redis(url, {
    connectTimeout: MAX_WAIT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(times * 200, 2000),
  })
  // The throttle reports the outage. Without a listener, each attempt would be printed.
  redis.on('error', () => {})
  const isDecided = new Promise(resolve => redis.once('ready', resolve).once('close', resolve))
  // A server that accepts connections and never responds counts as unavailable, too.
  await Promise.race([isDecided, setTimeout(MAX_WAIT_MS, undefined, { ref: false })])
  return redis
}

/** Imported only if it is needed, because the package is optional. */
async function loadClient() {
  try {
    return await import('ioredis')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Error('REDIS_URL needs the package ioredis. Run: npm install ioredis')
  }
}
