import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import type { ExecutionContext } from 'ava'
import { serve, shell } from './shell.ts'

/**
 * The real nginx, with what a document of ours puts into `http { … }`. It listens at `port` instead of 443, with a
 * certificate for example.com and localhost, which this process trusts from then on.
 */
export async function startNginx(t: ExecutionContext, configuration: string, port: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-nginx-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const certificate = await shell(
    'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=example.com -keyout key.pem -out certificate.pem ' +
      '-addext subjectAltName=DNS:example.com,DNS:localhost',
    { cwd: folder },
  )
  t.is(certificate.code, 0, certificate.output)
  const servers = configuration
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('/etc/ssl/example.com.pem', `${folder}/certificate.pem`)
    .replace('/etc/ssl/example.com.key', `${folder}/key.pem`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/${name};`,
  )
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')} ${servers} }`,
  )
  await serve(t, `exec nginx -e stderr -p ${folder} -c ${folder}/nginx.conf`, `http://127.0.0.1:${port}`)
  // Not taken back when the test ends: others of its file may have added theirs meanwhile.
  const own = await readFile(join(folder, 'certificate.pem'), 'utf8')
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), own])
}
