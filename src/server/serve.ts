import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { Config } from './config.ts'
import { createSite, type Site } from './site.ts'

/** Migrates, serves, and ends in peace on SIGTERM or SIGINT: finishes requests, writes what is pending, exits 0. */
export async function serve(config: Config): Promise<void> {
  const site = await createSite(config)
  try {
    await site.connect.migrate()
    await createAdmin(site, config)
    await listen(site, config)
  } finally {
    // Also when the port is taken: an open database would keep the process alive.
    await site.close()
  }
}

async function listen(site: Site, config: Config): Promise<void> {
  const server = site.createApp().listen(config.port, config.host)
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const { address, port } = server.address() as AddressInfo
  console.log(`${config.site.name} is at ${config.site.url} (listening on ${address} port ${port})`)
  await new Promise(resolve => process.once('SIGTERM', resolve).once('SIGINT', resolve))
  await stop(server)
}

/** A client that never finishes its request must not keep the site from stopping. */
const LONGEST_STOP_MS = 10_000

/** On the first start: a user to log in with, whose password is shown this once. */
async function createAdmin({ accounts }: Site, { admin, site }: Config): Promise<void> {
  if ((await accounts.count()) > 0) return
  const password = admin.password ?? randomBytes(15).toString('base64url')
  await accounts.create(admin.login, password, { email: admin.email, role: 'administrator' })
  console.log(`Made the user ${admin.login}. Log in at ${site.url}/wp-login.php`)
  if (!admin.password) console.log(`Password: ${password}   (shown this once)`)
}

/** Answers the requests that are here, takes no new ones, and lets go of idle connections. */
async function stop(server: Server): Promise<void> {
  const closed = promisify(server.close.bind(server))()
  server.closeIdleConnections()
  const deadline = setTimeout(() => server.closeAllConnections(), LONGEST_STOP_MS)
  await closed
  clearTimeout(deadline)
}
