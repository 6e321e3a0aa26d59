import type { LastUse } from '../../database/last-use.ts'
import { ConnectError } from '../../errors.ts'
import type { User } from '../../users/user.ts'
import type { EndedBy } from '../grants/ended-by.ts'
import type { Access, CountedGrant } from '../grants/grant.ts'
import type { GrantRows } from '../grants/grant-rows.ts'
import type { Grants } from '../grants/grants.ts'
import type { Scopes } from '../scopes.ts'

/**
 * An application that has access to a user's account: everything that the user granted it for one site, or for all sites.
 * Times are Unix seconds.
 */
export interface ConnectedApp {
  /** Identifies the connected app for pages and programs. */
  id: number
  clientId: string
  /** The name that the user saw when they pressed Authorize. */
  name: string
  /** '' if it has none. */
  website: string
  /** Whether the application registered itself, so that the site's operators have not verified its name. */
  selfRegistered: boolean
  /** When the user first pressed Authorize. */
  authorized: number
  access: Access
  /** The site, if access is to one site. */
  site: { id: string; url: string; name: string } | null
  scopes: readonly string[]
  permissions: readonly { name: string; description: string }[]
  lastUsed: number | null
  lastIp: string | null
  /** How many times the user pressed Authorize for it: once on the phone and once on the desktop are two connections. */
  connections: number
  /** Number of codes and tokens that are valid now. */
  tokens: number
}

/**
 * A user's connected apps: `connect.oauth.connectedApps`. These methods check no permissions; decide first whether the
 * caller may.
 */
export interface ConnectedApps {
  /** Returns the user's connected apps, sorted by name. */
  list(user: Pick<User, 'id'>): Promise<ConnectedApp[]>
  /**
   * Returns one connected app.
   *
   * @throws ConnectError `connected_app_not_found`
   */
  get(user: Pick<User, 'id'>, id: number): Promise<ConnectedApp>
  /**
   * Ends everything that the user granted the application for this site. The very next request with one of its tokens is
   * refused, and so is a token that is being issued at this moment.
   *
   * @throws ConnectError `connected_app_not_found`
   * @example
   * await connect.oauth.connectedApps.disconnect(user, app.id)
   */
  disconnect(user: Pick<User, 'id'>, id: number): Promise<void>
  /**
   * Ends everything that a user granted, for a user who is locked out.
   *
   * @example
   * await connect.oauth.connectedApps.disconnectAll(user)
   */
  disconnectAll(user: Pick<User, 'id'>): Promise<void>
}

interface ConnectedAppsParts {
  rows: GrantRows
  grants: Grants
  scopes: Scopes
  lastUse: LastUse
}

export function createConnectedApps({ rows, grants, scopes, lastUse }: ConnectedAppsParts) {
  /** Groups grants by application and site: Authorize on the phone and on the desktop creates two grants. */
  async function grouped(user: Pick<User, 'id'>): Promise<CountedGrant[][]> {
    const groups = new Map<string, CountedGrant[]>()
    for (const grant of await rows.list(String(user.id))) {
      const key = JSON.stringify([grant.clientId, grant.access, grant.siteId])
      const seen = lastUse.withLastUse(grant.grantId, grant)
      groups.set(key, [...(groups.get(key) ?? []), seen])
    }
    return [...groups.values()].filter(group => group.some(isLive))
  }

  async function find(user: Pick<User, 'id'>, belongs: (grant: CountedGrant) => boolean): Promise<CountedGrant[]> {
    const found = (await grouped(user)).find(group => group.some(belongs))
    if (!found) throw new ConnectError('connected_app_not_found')
    return found
  }

  async function disconnect(user: Pick<User, 'id'>, id: number, by: EndedBy): Promise<void> {
    const group = await find(user, grant => grant.id === id)
    if ((await grants.end(group, by)) === 0) throw new ConnectError('connected_app_not_found')
  }

  const api: ConnectedApps = {
    async list(user) {
      const apps = (await grouped(user)).map(group => toConnectedApp(group, scopes))
      return apps.sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id)
    },
    async get(user, id) {
      return toConnectedApp(await find(user, grant => grant.id === id), scopes)
    },
    disconnect: (user, id) => disconnect(user, id, 'user'),
    disconnectAll: grants.endAllOfUser,
  }
  return {
    api,
    disconnect,
    /**
     * Returns the connected app that a token belongs to.
     *
     * @throws ConnectError `connected_app_not_found`
     */
    async ofGrant(user: User, grantId: string): Promise<ConnectedApp> {
      return toConnectedApp(await find(user, grant => grant.grantId === grantId), scopes)
    },
  }
}

/** A grant without tokens is about to get its first one, or will be deleted as expired. */
const isLive = ({ tokens }: CountedGrant) => tokens > 0

function toConnectedApp(all: CountedGrant[], scopes: Scopes): ConnectedApp {
  const group = all.filter(isLive)
  const [oldest, newest] = [group[0] as CountedGrant, group.at(-1) as CountedGrant]
  const lastUsed = group.reduce<CountedGrant>((a, b) => ((b.lastUsed ?? 0) > (a.lastUsed ?? 0) ? b : a), newest)
  const granted = [...new Set(group.flatMap(grant => grant.scopes))]
  return {
    id: oldest.id,
    clientId: newest.clientId,
    name: newest.clientName,
    website: newest.clientWebsite,
    selfRegistered: newest.selfRegistered,
    authorized: oldest.created,
    access: newest.access,
    site: newest.access === 'site' ? { id: newest.siteId, url: newest.siteUrl, name: newest.siteName } : null,
    scopes: granted,
    permissions: scopes.describe(granted),
    lastUsed: lastUsed.lastUsed,
    lastIp: lastUsed.lastIp,
    connections: group.length,
    tokens: group.reduce((sum, { tokens }) => sum + tokens, 0),
  }
}
