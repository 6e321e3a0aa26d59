import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { block } from './markdown.ts'
import { freePort, ROOT, type Running, serve, shell } from './shell.ts'

const EXAMPLE = join(ROOT, 'examples/strapi')
const README = 'examples/strapi/README.md'
const QUIETLY = '--no-audit --no-fund --prefer-offline'

const START = block(README, 'sh', 'npm start')
/** Of its user `admin`. */
export const ADMIN_PASSWORD = /ADMIN_PASSWORD='(.*)'/.exec(START)?.[1] ?? ''

type Teardown = Pick<ExecutionContext, 'teardown'>

export interface Strapi {
  url: string
  /** Where it is installed. */
  folder: string
  output(): string
  /** Ends it, and starts it anew on the same database. */
  restart(env?: Record<string, string>): Promise<void>
}

/** The example as somebody installs it who has the package from the registry: here its tarball. It ends with the tests. */
export async function startStrapi(t: Teardown): Promise<Strapi> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-strapi-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await run(`cp -a ${await strapiAlone()}/. .`, folder)
  await cp(EXAMPLE, folder, { recursive: true, filter: path => !/\/(node_modules|data)$/.test(path) })
  await run(`npm pack --silent --pack-destination ${folder}`, ROOT)
  const install = block(README, 'sh', 'npm install')
  await run(install.replace('npm install', `npm install ${QUIETLY} ./koa-wp-connect-*.tgz`), folder)

  const port = await freePort()
  const url = `http://localhost:${port}`
  const start = (env: Record<string, string> = {}) =>
    serve(t as ExecutionContext, START, `${url}/_health`, {
      cwd: folder,
      env: { PORT: String(port), STRAPI_TELEMETRY_DISABLED: 'true', ...env },
    })
  let running: Running = await start()
  return {
    url,
    folder,
    output: () => running.output(),
    async restart(env) {
      await running.stop()
      running = await start(env)
    },
  }
}

/**
 * A folder with what the example needs beside the package. It takes minutes to install, so it is kept, by what package.json
 * and Node say.
 */
async function strapiAlone(): Promise<string> {
  const example = JSON.parse(await readFile(join(EXAMPLE, 'package.json'), 'utf8'))
  const { 'koa-wp-connect': _ours, ...dependencies } = example.dependencies
  const manifest = JSON.stringify({ ...example, dependencies })
  const key = createHash('sha256').update(`${manifest} ${process.version} ${process.platform}-${process.arch}`)
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'koa-wp-connect')
  const folder = join(cache, `strapi-${key.digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(`${folder}-`)
  await writeFile(join(unfinished, 'package.json'), manifest)
  await run(`npm install ${QUIETLY}`, unfinished)
  await rename(unfinished, folder).catch(async error => {
    // Another run was quicker.
    if (!existsSync(folder)) throw error
    await rm(unfinished, { recursive: true })
  })
  return folder
}

async function run(command: string, cwd: string): Promise<void> {
  const { code, output } = await shell(command, { cwd })
  if (code !== 0) throw new Error(`${command}: ${output}`)
}
