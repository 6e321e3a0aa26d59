import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConnectError } from '../errors.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import type { Config } from './config.ts'
import { findSite, OWN_USERS } from './find-site.ts'
import { createSite, type ServedSite } from './site.ts'
import { stoppable } from './stop.ts'

/** A slow sender cannot hold a connection, and a proxy with keep-alive connections closes them before this server does. */
export const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
}

/** Migrates and serves. On SIGTERM or SIGINT it finishes requests, writes pending data and exits with 0. */
export async function serve(config: Config): Promise<void> {
  const site = await createSite(config)
  try {
    if ((await findSite(site.knex)) === 'own-users') {
      throw new Error(`${OWN_USERS} Start the app itself, or set DATABASE_URL to another database.`)
    }
    await site.connect.migrate()
    await createAdmin(site, config)
    await listen(site, config)
  } finally {
    // Also if the port is in use: an open database would keep the process alive.
    await site.close()
  }
}

/** The server of the site, which does not listen yet. */
export const createSiteServer = ({ createApp }: Pick<ServedSite, 'createApp'>): Server =>
  createServer(timeouts, createApp().callback())

async function listen(site: ServedSite, config: Config): Promise<void> {
  const server = createSiteServer(site)
  const stop = stoppable(server)
  server.listen(config.port, config.host)
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  // The listeners stay until the end: Ctrl-C under npm sends two signals, and the second would kill the process.
  const asked = new Promise<void>(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
  console.log(`${config.site.name} is at ${config.site.url} (listening on ${address} port ${port})`)
  const problem = whyUnavailable(config)
  if (problem) console.warn(`Warning: ${problem}`)
  await asked
  await stop()
}

/** This server itself uses plain http: https is what a trusted proxy reports. */
function whyUnavailable({ environment, site, trustProxy }: Config): string | null {
  const isHttps = site.url.startsWith('https:')
  if (environment === 'local' || (isHttps && trustProxy)) return null
  const toDo = isHttps
    ? 'Behind the TLS-terminating proxy, set TRUST_PROXY=on'
    : 'Set SITE_URL to the https:// address of a TLS-terminating proxy, and TRUST_PROXY=on'
  return (
    `The environment is ${environment}, so over plain http this site creates no application passwords and accepts no credentials. ` +
    `${toDo}. On a private network, set WP_ENVIRONMENT_TYPE=local instead.`
  )
}

/** On the first start, creates a user to log in with. The password is shown only this time. */
async function createAdmin({ accounts }: ServedSite, { admin, site }: Config): Promise<void> {
  if ((await accounts.count()) > 0) return
  const password = admin.password ?? randomBytes(15).toString('base64url')
  try {
    await accounts.create(admin.login, password, { email: admin.email, role: 'administrator' })
  } catch (error) {
    // Another process on its first start was faster, and has shown its password.
    if (error instanceof ConnectError && error.code === 'user_exists') return
    throw error
  }
  console.log(`Created the user ${admin.login}. Log in at ${site.url}${PAGE_PATHS.login}`)
  if (!admin.password) console.log(`Password: ${password}   (shown only once)`)
}
