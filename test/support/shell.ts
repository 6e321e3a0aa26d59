import { type ChildProcess, spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { endWithProcess } from './end-with-process.ts'

/** The repository, where the README's commands are typed. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What stands in the documents for an application password. */
export const SHOWN_PASSWORD = 'abcd EFGH 1234 ijkl MNOP 6789'

export interface Ended {
  code: number | null
  output: string
}

interface Where {
  cwd?: string
  env?: Record<string, string>
}

/** Runs commands as somebody types them, to their end. */
export async function shell(commands: string, where: Where = {}): Promise<Ended> {
  const { closed, output } = start(commands, where)
  const code = await closed
  return { code, output: output() }
}

export interface Running {
  /** What it has printed so far. */
  output(): string
  /** Sends SIGTERM, and waits for the end. */
  stop(): Promise<void>
}

/** Starts what goes on running, and waits until it answers at `url`. It ends with the test. */
export async function serve(t: ExecutionContext, commands: string, url: string, where: Where = {}): Promise<Running> {
  const { child, closed, output } = start(commands, where)
  const stop = () => endGroup(child, closed)
  t.teardown(stop)
  for (let tries = 0; tries < 1200; tries++) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output()}`)
    if (await answers(url)) return { output, stop }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`no answer at ${url}: ${output()}`)
}

/** A port that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** What gets through of the environment: how the network is reached from here, and nothing that a site would read. */
const KEPT =
  /^(HOME|TMPDIR|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|(https?|no)_proxy|npm_config_(cafile|registry))$/i

function start(commands: string, { cwd = ROOT, env = {} }: Where) {
  // `node` is the one that runs these tests.
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}:/usr/sbin`
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name))
  const child = spawn('bash', ['-euc', commands], {
    cwd,
    env: { ...Object.fromEntries(kept), PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  endWithProcess(child, true)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', chunk => (text += chunk))
  // From the start, because whoever is ended a second time closes no more.
  const closed = new Promise<number | null>(resolve => child.once('close', resolve))
  return { child, closed, output: () => text }
}

/** npm hands signals on to nobody, so all that was started gets it. */
async function endGroup(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGTERM')
  } catch {
    return // nobody is left
  }
  await closed
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}
