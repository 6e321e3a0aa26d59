import { Agent, get } from 'node:https'
import { basic, ME } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { block } from '../support/markdown.ts'
import { startNginx } from '../support/nginx.ts'
import { freePort, serve, shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

testWith('nginx', 'openssl')(
  'the nginx of docs/run/behind-a-proxy.md forwards credentials, https and the address',
  async t => {
    const [appPort, proxyPort] = [await freePort(), await freePort()]
    const env = { PORT: String(appPort), CONNECT_SECRET: SECRET, DATABASE_URL: await freshDatabase(t) }
    const app = `http://127.0.0.1:${appPort}`
    const command = block('docs/run/behind-a-proxy.md', 'sh', 'TRUST_PROXY')
    await serve(t, command, app, { env })
    const nginx = block('docs/run/behind-a-proxy.md', 'nginx', 'server_name')
    await startNginx(t, nginx.replace('127.0.0.1:8080', `127.0.0.1:${appPort}`), proxyPort)

    const index = await ask(proxyPort, '/wp-json/')
    t.like(index.json.authentication, {
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
