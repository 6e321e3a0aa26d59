/** What a user granted an application by pressing Authorize once. */
export interface Grant {
  /** Its tokens refer to this id. */
  grantId: string
  userId: string
  clientId: string
  /** The name that the user saw when they pressed Authorize. */
  clientName: string
  clientWebsite: string
  selfRegistered: boolean
  access: Access
  /** The site of a grant for one site; '' otherwise. */
  siteId: string
  siteUrl: string
  siteName: string
  scopes: readonly string[]
  /** Unix seconds. */
  created: number
}

/** Identifies a grant, its user and its client. */
export type GrantReference = Pick<Grant, 'grantId' | 'userId' | 'clientId'>

/** `site`: access to one site. `all`: access to all sites of the user. `login`: only who the user is. */
export type Access = 'site' | 'all' | 'login'

/** A grant as Connected Apps shows it. */
export interface CountedGrant extends Grant {
  /** Identifies the grant for pages and programs. */
  id: number
  lastUsed: number | null
  lastIp: string | null
  /** Number of codes, access and refresh tokens that are valid now. At 0 the application has no access. */
  tokens: number
}

/** A row of the table. */
export interface GrantRow {
  id: number | string
  grant_id: string
  user_id: string
  client_id: string
  client_name: string
  client_website: string
  self_registered: boolean | number
  access: Access
  site_id: string
  site_url: string
  site_name: string
  scope: string
  payload: string
  created: number | string
  last_used: number | string | null
  last_ip: string | null
}

export const toReference = (row: Pick<GrantRow, 'grant_id' | 'user_id' | 'client_id'>): GrantReference => ({
  grantId: row.grant_id,
  userId: row.user_id,
  clientId: row.client_id,
})

export const toGrant = (row: GrantRow): Grant => ({
  grantId: row.grant_id,
  userId: row.user_id,
  clientId: row.client_id,
  clientName: row.client_name,
  clientWebsite: row.client_website,
  selfRegistered: Boolean(row.self_registered),
  access: row.access,
  siteId: row.site_id,
  siteUrl: row.site_url,
  siteName: row.site_name,
  scopes: row.scope.split(' ').filter(Boolean),
  created: Number(row.created),
})

export const toCounted = (row: GrantRow, count: number): CountedGrant => ({
  ...toGrant(row),
  id: Number(row.id),
  lastUsed: row.last_used === null ? null : Number(row.last_used),
  lastIp: row.last_ip,
  tokens: count,
})

export const fromGrant = (grant: Grant) => ({
  grant_id: grant.grantId,
  user_id: grant.userId,
  client_id: grant.clientId,
  client_name: grant.clientName,
  client_website: grant.clientWebsite,
  self_registered: grant.selfRegistered,
  access: grant.access,
  site_id: grant.siteId,
  site_url: grant.siteUrl,
  site_name: grant.siteName,
  scope: grant.scopes.join(' '),
  created: grant.created,
})
