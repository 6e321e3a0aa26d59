import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import type { ExecutionContext } from 'ava'
import { shell } from './shell.ts'

/** A certificate for this machine, which this process trusts until the test ends. */
export async function ownCertificate(t: ExecutionContext): Promise<{ cert: string; key: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'koa-wp-connect-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0.0.0.0,IP:::1,IP:::'
  const made = await shell(
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out cert -days 2 ' +
      `-subj /CN=localhost -addext ${names}`,
    { cwd: folder },
  )
  if (made.code !== 0) throw new Error(made.output)
  const cert = readFileSync(join(folder, 'cert'), 'utf8')
  const trusted = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...trusted, cert])
  t.teardown(() => tls.setDefaultCACertificates(trusted))
  return { cert, key: readFileSync(join(folder, 'key'), 'utf8') }
}
