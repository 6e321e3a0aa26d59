import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { block } from './markdown.ts'
import { freePort, ROOT, type Running, serve, shell } from './shell.ts'

export interface Installed {
  /** Where it is, with its node_modules. */
  folder: string
  /** Changes a line of its app.js, as its owner might have written it. */
  change(line: string, instead: string): Promise<void>
  /** Types the commands of its README that start it, but for what `env` says, and waits until it answers. It ends with the test. */
  start(env?: Record<string, string>): Promise<Running & { url: string }>
}

/**
 * An app of `examples/` as a reader has it: copied elsewhere, and installed, with the packed tarball in place of the registry's
 * koa-wp-connect.
 *
 * @param versions of further or other packages than its package.json names
 */
export async function installExample(
  t: ExecutionContext,
  name: string,
  versions: Record<string, string> = {},
): Promise<Installed> {
  const { PACKED } = process.env
  if (!PACKED) throw new Error('there is no packed tarball: run npm run test:hosts')
  const folder = await mkdtemp(join(tmpdir(), `koa-wp-connect-${name}-`))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await cp(join(ROOT, 'examples', name), folder, { recursive: true, filter: path => !path.endsWith('node_modules') })
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  Object.assign(manifest.dependencies, versions, { 'koa-wp-connect': `file:${PACKED}` })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  const { code, output } = await shell('npm install --no-audit --no-fund --prefer-offline', { cwd: folder })
  t.is(code, 0, output)

  return {
    folder,
    async change(line, instead) {
      const file = join(folder, 'app.js')
      const before = await readFile(file, 'utf8')
      if (!before.includes(line)) throw new Error(`app.js has no ${line}`)
      await writeFile(file, before.replace(line, instead))
    },
    async start(env = {}) {
      const port = env.PORT ?? String(await freePort())
      const url = `http://localhost:${port}`
      const typed = block(`examples/${name}/README.md`, 'sh', 'npm start').replace(/^npm install\n/, '')
      const commands = typed.replace(/^export (\w+)=.*$/gm, (line, variable) => (variable in env ? '' : line))
      return { url, ...(await serve(t, commands, url, { cwd: folder, env: { ...env, PORT: port } })) }
    },
  }
}
