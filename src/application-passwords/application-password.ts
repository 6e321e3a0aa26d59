import type { User } from '../users/user.ts'

/** An application password as the site stores it. Times are Unix seconds. */
export interface ApplicationPassword {
  /** Random UUID. Pages and programs identify the application password by it. */
  uuid: string
  userId: string
  /** UUID that the application gave for itself, or '' if it gave none. */
  appId: string
  name: string
  created: number
  lastUsed: number | null
  lastIp: string | null
}

/** An application password with the columns that only the verification may read. */
export interface StoredApplicationPassword extends ApplicationPassword {
  /** Null for an imported slow hash until its first use. */
  lookup: string | null
  hash: string
}

/** An application password as the verification finds it. */
export interface FoundApplicationPassword {
  applicationPassword: ApplicationPassword
  hash: string
  /** The user it belongs to. Null if that user is gone; undefined if the SELECT had no user join. */
  holder?: User | null | undefined
}

/** A row of the table. */
export interface ApplicationPasswordsRow {
  id: number | string
  uuid: string
  user_id: string
  app_id: string
  name: string
  lookup: string | null
  hash: string
  created: number | string
  last_used: number | string | null
  last_ip: string | null
}

export const COLUMNS = [
  'uuid',
  'user_id',
  'app_id',
  'name',
  'lookup',
  'hash',
  'created',
  'last_used',
  'last_ip',
] as const

export const toApplicationPassword = (row: ApplicationPasswordsRow): ApplicationPassword => ({
  uuid: row.uuid,
  userId: row.user_id,
  appId: row.app_id,
  name: row.name,
  // PostgreSQL's driver returns a bigint as a string.
  created: Number(row.created),
  lastUsed: row.last_used === null ? null : Number(row.last_used),
  lastIp: row.last_ip,
})

export const toStored = (row: ApplicationPasswordsRow): StoredApplicationPassword => ({
  ...toApplicationPassword(row),
  lookup: row.lookup,
  hash: row.hash,
})

export const fromStored = (stored: StoredApplicationPassword) => ({
  uuid: stored.uuid,
  user_id: stored.userId,
  app_id: stored.appId,
  name: stored.name,
  lookup: stored.lookup,
  hash: stored.hash,
  created: stored.created,
  last_used: stored.lastUsed,
  last_ip: stored.lastIp,
})
