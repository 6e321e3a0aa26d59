import { type ChildProcess, spawn } from 'node:child_process'
import type { ExecutionContext } from 'ava'
import { Redis } from 'ioredis'
import { endWithProcess } from './end-with-process.ts'
import { freePort } from './shell.ts'

/** A Redis of this test's own, which it can stop and start. */
export async function startRedis(t: ExecutionContext) {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    server = endWithProcess(spawn('redis-server', options, { stdio: 'ignore' }))
    const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 })
    redis.on('error', () => {}) // until it is up
    await redis.ping()
    redis.disconnect()
  }

  async function stop(): Promise<void> {
    if (server?.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise(resolve => server?.once('exit', resolve))
    server.kill('SIGKILL')
    await ended
  }

  t.teardown(stop)
  await start()
  return {
    url,
    start,
    stop,
    /** It goes on taking connections and commands, and answers none. */
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    /** All that is in it, as text. */
    async dump(): Promise<string> {
      const redis = new Redis(url)
      const keys = await redis.keys('*')
      const values = await Promise.all(keys.map(key => redis.get(key)))
      redis.disconnect()
      return JSON.stringify([keys, values])
    },
  }
}
