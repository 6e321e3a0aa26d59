import type { ExecutionContext } from 'ava'
import { commandLine } from '../cli/command-line.ts'
import { startBalancer } from './balancer.ts'
import { Client } from './client.ts'
import { type App, CALLBACK } from './oauth.ts'
import { PASSWORD, SECRET } from './site.ts'

/** Two processes of the real site, started at once on an empty database, behind one address. */
export async function startProcesses(t: ExecutionContext) {
  t.timeout(180_000)
  const balancer = await startBalancer(t)
  const { serve, ok, run, environment } = await commandLine(t, {
    SITE_URL: balancer.url,
    CONNECT_SECRET: SECRET,
    ADMIN_PASSWORD: PASSWORD,
  })
  const [one, two] = await Promise.all([serve(), serve()])
  balancer.balance(one, two)
  return {
    url: balancer.url,
    one,
    two,
    ok,
    run,
    environment,
    browser: new Client(balancer.url),
    script: new Client(balancer.url),
  }
}

/** Makes the application known by a third process, the command line. */
export async function register(ok: (...args: string[]) => Promise<string>): Promise<App> {
  const shown = await ok('client', 'create', '--name=Shop', `--redirect-uri=${CALLBACK}`, '--format=json')
  const { client_id: id, client_secret: secret } = JSON.parse(shown)
  return { id, secret, redirectUri: CALLBACK }
}

/** The browser that is logged in, at this very process. */
export function at(served: { url: string }, browser: Client): Client {
  const client = new Client(served.url)
  for (const [name, value] of browser.cookies) client.cookies.set(name, value)
  return client
}
