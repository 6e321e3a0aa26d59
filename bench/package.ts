import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './measure.ts'
import { type Server, start, stop } from './servers.ts'

const ROOT = join(import.meta.dirname, '..')

/** From the start of the process to its first answer, on a database that is migrated already. */
export async function startUp(database: string): Promise<string[][]> {
  const rows = [['server', 'median of 7']]
  const servers: Record<string, Server> = {
    'Koa alone': { file: 'koa.ts' },
    'koa-wp-connect': { file: 'connect.ts', env: { DATABASE_URL: `better-sqlite3:${database}`, CREDENTIALS: 'wrong' } },
  }
  for (const [name, server] of Object.entries(servers)) {
    const times: number[] = []
    for (let round = 0; round < 8; round++) {
      const began = performance.now()
      const started = await start(server)
      await fetch(started.url)
      times.push(performance.now() - began)
      await stop(started)
    }
    rows.push([name, `${Math.round(median(times.slice(1)))} ms`])
  }
  return rows
}

/** What `npm install` of the packed package puts on the disk, without its peers. */
export function installedPackage(): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'koa-wp-connect-package-'))
  const run = (command: string, cwd: string) => execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8' }).trim()
  try {
    const tarball = run(`npm pack --silent --pack-destination ${folder}`, ROOT).split('\n').at(-1) ?? ''
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    // As .ci/package does, which holds it to what README says.
    run(`npm install --silent --no-fund --no-audit --ignore-scripts --legacy-peer-deps ./${tarball}`, folder)
    const megabytes = (path: string) =>
      `${(Number(run(`echo $(($(find ${path} -type f -printf '%s+')0))`, folder)) / 1e6).toFixed(1)} MB`
    return Promise.resolve([
      ['what', 'size'],
      ['the tarball', megabytes(tarball)],
      ['the package', megabytes('node_modules/koa-wp-connect')],
      ['with all it depends on', megabytes('node_modules')],
      ['packages it depends on', String(Number(run(`grep -c '^    "node_modules/' package-lock.json`, folder)) - 1)],
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}
