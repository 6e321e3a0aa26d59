import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import knex from 'knex'
import { endWithProcess } from './end-with-process.ts'
import { freePort } from './shell.ts'
import { pathOf } from './tools.ts'

/** A database server of a test's own, which it may stop. It ends with the test. */
export interface OwnServer {
  port: number
  /** The `DATABASE_URL` of an empty database on it, when it is reached at that port. */
  url(port: number): string
  start(): Promise<void>
  stop(): Promise<void>
}

export const POSTGRES = ['initdb', 'postgres']
export const MARIADB = ['mariadb-install-db', 'mariadbd']

export async function ownPostgres(t: ExecutionContext): Promise<OwnServer> {
  const { data, as } = await folderOf(t, 'postgres')
  await run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], as)
  const serverOf = (port: number) => ['-D', data, '-p', `${port}`, '-k', data, '-c', 'listen_addresses=127.0.0.1']
  // SIGINT: it ends without waiting for its clients.
  return ownServer(
    t,
    { program: 'postgres', argumentsOf: serverOf, as, end: 'SIGINT' },
    'postgres://postgres',
    'postgres',
  )
}

export async function ownMariadb(t: ExecutionContext): Promise<OwnServer> {
  const { data, as } = await folderOf(t, 'mysql')
  // In a folder of its own: a server that starts deletes what it takes for temporary tables of one before.
  const folders = [`--datadir=${data}`, `--tmpdir=${data}`]
  const empty = ['--no-defaults', ...folders, '--auth-root-authentication-method=normal', '--skip-test-db']
  await run('mariadb-install-db', empty, as)
  const serverOf = (port: number) => [
    '--no-defaults',
    ...folders,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(data, 'socket')}`,
    `--pid-file=${join(data, 'pid')}`,
    '--skip-name-resolve',
    '--init-connect=',
  ]
  return ownServer(t, { program: 'mariadbd', argumentsOf: serverOf, as, end: 'SIGTERM' }, 'mysql://root', 'mysql')
}

interface Program {
  program: string
  argumentsOf(port: number): string[]
  as: SpawnOptions
  end: NodeJS.Signals
}

async function ownServer(
  t: ExecutionContext,
  { program, argumentsOf, as, end }: Program,
  user: string,
  database: string,
): Promise<OwnServer> {
  const port = await freePort()
  let stop = async () => {}
  const server: OwnServer = {
    port,
    url: at => `${user}@127.0.0.1:${at}/${database}`,
    async start() {
      const child = endWithProcess(spawn(need(program), argumentsOf(port), { ...as, stdio: 'ignore' }))
      const ended = once(child, 'exit')
      stop = async () => {
        child.kill(end)
        await ended
      }
      while (!(await answers(server.url(port)))) {
        if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
        await wait(50)
      }
    },
    stop: () => stop(),
  }
  t.teardown(() => stop())
  await server.start()
  return server
}

/** Neither server runs as root: there it is given to the user that Debian's package made for it. */
async function folderOf(t: ExecutionContext, user: string): Promise<{ data: string; as: SpawnOptions }> {
  const data = await mkdtemp(join(tmpdir(), 'koa-wp-connect-server-'))
  t.teardown(() => rm(data, { recursive: true }))
  if (process.getuid?.() !== 0) return { data, as: {} }
  const [uid, gid] = ['-u', '-g'].map(flag => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout))
  spawnSync('chown', [`${uid}:${gid}`, data])
  return { data, as: { uid: uid ?? 0, gid: gid ?? 0, cwd: data } }
}

async function run(program: string, args: string[], as: SpawnOptions): Promise<void> {
  const child = endWithProcess(spawn(need(program), args, { ...as, stdio: ['ignore', 'ignore', 'pipe'] }))
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`)
}

function need(program: string): string {
  const path = pathOf(program)
  if (!path) throw new Error(`${program} is missing on this machine`)
  return path
}

/** It may take connections some time before it takes statements. */
async function answers(url: string): Promise<boolean> {
  const log = { warn() {}, error() {} }
  const database = knex({ client: url.startsWith('mysql') ? 'mysql2' : 'pg', connection: url, log })
  try {
    await database.raw('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await database.destroy()
  }
}
