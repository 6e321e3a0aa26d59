import type { PortableApplicationPassword } from '../../application-passwords/imports.ts'
import { PhpSerializedError } from '../php/value.ts'
import { readRoles } from '../read-roles.ts'
import { readApplicationPasswords } from './application-password-meta.ts'
import { Problems } from './problems.ts'

/** A user of a WordPress, as `readWordPress()` returns them. */
export interface WordPressUser {
  /** WordPress's ID of the user. */
  id: string
  login: string
  email: string
  /** Display name. */
  name: string
  registered: Date
  /** Hash of the account password. */
  passwordHash: string
  /**
   * Names of roles, and of capabilities that the user has individually. Empty for a user who is not a member of the site.
   */
  roles: string[]
  /**
   * Whether an administrator of a multisite network has marked the user as spam or deleted. WordPress does not let them log
   * in.
   */
  isBarred: boolean
  applicationPasswords: PortableApplicationPassword[]
  /** Sentences for people about data that could not be read or differs from WordPress. */
  problems: string[]
}

/** A user as a row of the table. */
export interface UserRow {
  ID: string
  user_login: string
  user_pass: string
  user_email: string
  user_registered: string
  display_name: string
  /** Only in a multisite network. */
  spam: string
  deleted: string
}

/** The values of the usermeta table that matter here. As in WordPress, the first value of each key counts. */
export interface UserMeta {
  capabilities?: string
  applicationPasswords?: string
  /** Table prefixes of other sites of the network that the user is a member of. */
  otherSites: string[]
}

export function toWordPressUser(row: UserRow, meta: UserMeta): WordPressUser {
  const problems = new Problems()

  function readOr<T>(what: string, serialised: string | undefined, read: (text: string) => T, otherwise: T): T {
    if (serialised === undefined || serialised === '') return otherwise
    try {
      return read(serialised.trim())
    } catch (error) {
      if (!(error instanceof PhpSerializedError)) throw error
      problems.add(`The ${what} cannot be read: ${error.message}.`)
      return otherwise
    }
  }

  const roles = readOr('roles', meta.capabilities, readRoles, [])
  if (meta.otherSites.length > 0) {
    problems.add(`The user’s roles on other sites of the network are not imported (${meta.otherSites.join(', ')}).`)
  }
  const applicationPasswords = readOr(
    'application passwords',
    meta.applicationPasswords,
    text => readApplicationPasswords(text, problems),
    [],
  )
  return {
    id: row.ID,
    login: row.user_login,
    email: row.user_email,
    name: row.display_name || row.user_login,
    registered: toDate(row.user_registered),
    passwordHash: row.user_pass,
    roles,
    isBarred: row.spam === '1' || row.deleted === '1',
    applicationPasswords,
    problems: problems.all(),
  }
}

/** The column is in GMT. WordPress writes zeros for an unknown time. */
function toDate(datetime: string): Date {
  const date = new Date(`${datetime.replace(' ', 'T')}Z`)
  return Number.isNaN(date.getTime()) || date.getTime() < 0 ? new Date(0) : date
}
