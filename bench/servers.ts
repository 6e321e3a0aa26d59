import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A server to be measured: a file of `servers/`, and what it is told by its environment. */
export interface Server {
  file: string
  env?: Record<string, string>
  /** Whether it has the first core only; so if absent. */
  isPinned?: boolean
}

export interface Started {
  url: string
  headers: Record<string, string>[]
  child: ChildProcess
  /** Bytes of memory. */
  rss(): Promise<number>
}

const folder = mkdtempSync(join(tmpdir(), 'koa-wp-connect-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A SQLite file that goes with the bench. */
export const sqliteFile = (name: string): string => join(folder, `${name}.db`)

/** The server's core is the first, and the load's the second, where Linux can say so. */
const hasTaskset = existsSync('/usr/bin/taskset')
export const onCore = (cores: string) => (hasTaskset ? ['/usr/bin/taskset', '-c', cores] : [])

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server on its core, and waits until it listens. */
export async function start({ file, env = {}, isPinned = true }: Server): Promise<Started> {
  const [execPath = process.execPath, ...before] = [...(isPinned ? onCore('0') : onCore('0,1')), process.execPath]
  const child = fork(fileURLToPath(new URL(`servers/${file}`, import.meta.url)), {
    execPath,
    execArgv: before,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  running.add(child)
  const [told] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${file} ended with ${code}`)
    }),
  ])
  const { port, headers } = told as { port: number; headers: Record<string, string>[] }
  return {
    url: `http://127.0.0.1:${port}`,
    headers,
    child,
    async rss() {
      child.send('rss')
      const [answer] = await once(child, 'message')
      return (answer as { rss: number }).rss
    },
  }
}

export async function stop({ child }: Started): Promise<void> {
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
  running.delete(child)
}
