import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { basic, ME } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { block } from '../support/markdown.ts'
import { freePort, serve, shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

testWith('nginx', 'openssl')(
  'the nginx of docs/behind-a-proxy.md passes on credentials, https and the address',
  async t => {
    const [appPort, proxyPort] = [await freePort(), await freePort()]
    const env = { PORT: String(appPort), CONNECT_SECRET: SECRET, DATABASE_URL: await freshDatabase(t) }
    const app = `http://127.0.0.1:${appPort}`
    const command = block('docs/behind-a-proxy.md', 'sh', 'TRUST_PROXY')
    await serve(t, command, app, { env })
    await startNginx(t, appPort, proxyPort)

    const index = await ask(proxyPort, '/wp-json/')
    t.deepEqual(index.json.authentication, {
      'application-passwords': {
        endpoints: { authorization: 'https://example.com/wp-admin/authorize-application.php' },
      },
    })
    const cli = 'npm run --silent cli -- user application-password create admin Proxy --porcelain'
    const password = (await shell(cli, { env })).output.trim()
    const credentials = basic('admin', password)
    t.is((await ask(proxyPort, ME, credentials)).json.name, 'admin')

    // What the visitor says of their own address is not believed.
    const introspect = await ask(proxyPort, `${ME}/application-passwords/introspect`, {
      ...credentials,
      'x-forwarded-for': '198.51.100.7',
      'x-forwarded-proto': 'http',
    })
    t.is(introspect.json.last_ip, '127.0.0.1')

    // Past the proxy, by plain http: nothing is offered.
    const past = await fetch(`${app}${ME}`, { headers: credentials })
    t.is(((await past.json()) as { code: string }).code, 'rest_not_logged_in')
  },
)

async function startNginx(t: ExecutionContext, appPort: number, proxyPort: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-nginx-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const certificate = await shell(
    'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=example.com -keyout key.pem -out certificate.pem',
    { cwd: folder },
  )
  t.is(certificate.code, 0, certificate.output)
  const server = block('docs/behind-a-proxy.md', 'nginx', 'server_name')
    .replace('listen 443', `listen 127.0.0.1:${proxyPort}`)
    .replace('/etc/ssl/example.com.pem', `${folder}/certificate.pem`)
    .replace('/etc/ssl/example.com.key', `${folder}/key.pem`)
    .replace('127.0.0.1:8080', `127.0.0.1:${appPort}`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/${name};`,
  )
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')} ${server} }`,
  )
  await serve(t, `exec nginx -e stderr -p ${folder} -c ${folder}/nginx.conf`, `http://127.0.0.1:${proxyPort}`)
}

/** Asks the proxy as a visitor of example.com would. */
function ask(port: number, path: string, headers: Record<string, string> = {}) {
  const agent = new Agent({ rejectUnauthorized: false, servername: 'example.com' })
  const options = { agent, host: '127.0.0.1', port, path, headers: { host: 'example.com', ...headers } }
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the site answers
  return new Promise<{ json: any }>((resolve, reject) => {
    get(options, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ json: JSON.parse(text) })
    }).once('error', reject)
  })
}
