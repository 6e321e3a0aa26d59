import { setTimeout } from 'node:timers/promises'
import { rootPathOf } from '../../http/root-path.ts'
import type { Site } from '../../site.ts'
import type { Users } from '../../users/user.ts'
import type { ClientRows } from '../clients/client-rows.ts'
import { isVerified } from '../clients/is-verified.ts'
import { OAUTH_PATHS } from '../paths.ts'
import { authorizeParameters } from './authorize-request.ts'

/** The login page works without the name, so it waits no longer. */
const MAX_WAIT_MS = 500

interface AppNameParts {
  site: Site
  users: Users
  clients: Pick<ClientRows, 'find'>
  report(error: unknown): void
}

/** Returns the name of the application whose request is at a URL of this site, for the login page on the way there. */
export type AppNameAt = (url: string) => Promise<string | null>

/**
 * The name is null if the URL is no authorization request, or if the client is unknown or not verified: it could have any
 * name. A failure is reported, and never breaks the page.
 */
export function createAppNameAt({ site, users, clients, report }: AppNameParts): AppNameAt {
  const root = rootPathOf(site.url)
  const paths = [root + OAUTH_PATHS.authorize, root + OAUTH_PATHS.authenticate]

  async function verifiedName(clientId: string): Promise<string | null> {
    try {
      const client = await clients.find(clientId)
      return client && (await isVerified(client, users)) ? client.name : null
    } catch (error) {
      report(error)
      return null
    }
  }

  return async url => {
    const { pathname, searchParams } = new URL(url, site.url)
    if (!paths.includes(pathname)) return null
    const [clientId, ...more] = authorizeParameters(searchParams).getAll('client_id')
    // oidc-provider rejects repeated parameters.
    if (clientId === undefined || more.length > 0) return null
    const timer = new AbortController()
    const timeIsUp = setTimeout(MAX_WAIT_MS, null, { signal: timer.signal, ref: false }).catch(() => null)
    return Promise.race([verifiedName(clientId), timeIsUp]).finally(() => timer.abort())
  }
}
