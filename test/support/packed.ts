import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The package as it would be published, built first. It is gone when this process ends. @returns the tarball's path */
export function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'koa-wp-connect-packed-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const printed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return join(folder, printed.trim().split('\n').at(-1) ?? '')
}
