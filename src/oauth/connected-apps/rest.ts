import type { Auth } from '../../authentication/auth.ts'
import { ConnectError } from '../../errors.ts'
import type { RestV1Request, RestV1Route } from '../../rest/rest-v1.ts'
import type { ConnectedApp, createConnectedApps } from './connected-apps.ts'

/** The connected apps as JSON, in WordPress.com's format: `/rest/v1.1/me/connected-applications`. */
export function connectedApplicationsRoutes(connectedApps: ReturnType<typeof createConnectedApps>): RestV1Route[] {
  /** Returns the apps that the caller may see: with a session all of them, with an access token only its own. */
  async function seen(auth: Auth): Promise<ConnectedApp[]> {
    if (auth.method === 'session') return connectedApps.api.list(auth.user)
    if (auth.method === 'access-token') return [await connectedApps.ofGrant(auth.user, auth.grantId)]
    throw new ConnectError('not_allowed')
  }

  async function one({ auth, params }: RestV1Request): Promise<ConnectedApp> {
    const found = (await seen(auth)).find(({ id }) => id === Number(params.id))
    if (!found) throw new ConnectError('connected_app_not_found')
    return found
  }

  const path = '/me/connected-applications'
  return [
    {
      method: 'GET',
      path,
      answer: async ({ auth }) => ({ connected_applications: (await seen(auth)).map(present) }),
    },
    { method: 'GET', path: `${path}/:id`, answer: async request => present(await one(request)) },
    {
      method: 'POST',
      path: `${path}/:id/delete`,
      async answer(request) {
        const { user, method } = request.auth
        const { id } = await one(request)
        await connectedApps.disconnect(user, id, method === 'access-token' ? 'client' : 'user')
        return { success: true }
      },
    },
  ]
}

const isoDate = (seconds: number) => new Date(seconds * 1000).toISOString()

/** WordPress.com has no scope name for a connection to one site; here it is `site`. */
const SCOPES = { all: 'global', login: 'auth', site: 'site' } as const

const present = (app: ConnectedApp) => ({
  ID: app.id,
  title: app.name,
  description: '',
  URL: app.website,
  icon: '',
  authorized: isoDate(app.authorized),
  scope: SCOPES[app.access],
  site: app.site && { site_ID: app.site.id, site_URL: app.site.url, site_name: app.site.name },
  permissions: app.permissions,
  last_used: app.lastUsed === null ? null : isoDate(app.lastUsed),
  last_ip: app.lastIp,
  tokens: app.tokens,
})
