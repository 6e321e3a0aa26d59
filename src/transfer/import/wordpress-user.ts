import type { PortableApplicationPassword } from '../../application-passwords/imports.ts'
import { PhpSerializedError } from '../php/value.ts'
import { readRoles } from '../read-roles.ts'
import { readApplicationPasswords } from './application-password-meta.ts'
import { Problems } from './problems.ts'

/** A user of a WordPress, as `readWordPress()` reads them. */
export interface WordPressUser {
  /** The number that WordPress gave them. */
  id: string
  login: string
  email: string
  /** As shown to people. */
  name: string
  registered: Date
  /** Of the account password. */
  passwordHash: string
  /** Names of roles, and of capabilities that the user was given one by one. Empty for one who is no member of the site. */
  roles: string[]
  /** Marked as spam, or as deleted, by the administrator of a network of sites: WordPress lets them no longer in. */
  isBarred: boolean
  applicationPasswords: PortableApplicationPassword[]
  /** What could not be read, and what is not as it was in WordPress: sentences for people. */
  problems: string[]
}

/** A user as the rows have it. */
export interface UserRow {
  ID: string
  user_login: string
  user_pass: string
  user_email: string
  user_registered: string
  display_name: string
  /** In a network of sites only. */
  spam: string
  deleted: string
}

/** Of the table of users' further data, what counts here: the first value of each key, as WordPress reads it. */
export interface UserMeta {
  capabilities?: string
  applicationPasswords?: string
  /** Prefixes of other sites of the network that the user is a member of. */
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
    problems.add(`What the user is on other sites of the network is not read (${meta.otherSites.join(', ')}).`)
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

/** GMT. WordPress writes zeros where it does not know. */
function toDate(datetime: string): Date {
  const date = new Date(`${datetime.replace(' ', 'T')}Z`)
  return Number.isNaN(date.getTime()) || date.getTime() < 0 ? new Date(0) : date
}
