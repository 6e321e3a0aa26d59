import type { ExecutionContext } from 'ava'
import { Client } from './client.ts'
import { exampleFolder } from './example.ts'
import { block } from './markdown.ts'
import { freePort, serve } from './shell.ts'

const PATH = 'README.md'

/** The site that README shows. */
export const FIRST_SITE = block(PATH, 'ts', 'createConnect(')

/** README's site with `instead` in place of a line of it. */
export function changedSite(line: string, instead: string): string {
  if (!FIRST_SITE.includes(line)) throw new Error(`README's site has no ${line}`)
  return FIRST_SITE.replace(line, () => instead)
}

/** Types README's commands in a folder with this site, on a free port, and makes a password of its administrator's. */
export async function startFirstSite(t: ExecutionContext, site: string, files: Record<string, string> = {}, env = {}) {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const folder = await exampleFolder(t, { ...files, 'site.ts': site.replaceAll('3000', String(port)) })
  await serve(t, block(PATH, 'sh', 'node site.ts'), url, { cwd: folder, env })
  const owner = new Client(url)
  await owner.login('admin', 'correct horse battery staple')
  const { password } = await owner.createPassword('Script')
  return { url, password, client: new Client(url) }
}
