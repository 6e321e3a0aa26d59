import { isVerifiable } from '../crypto/is-verifiable.ts'
import { ConnectError } from '../errors.ts'
import { isRole, ROLES, type Role } from '../users/roles.ts'
import { hasControls } from '../values/controls.ts'
import { fold } from '../values/fold.ts'

/** Data of an embedded user in addition to login and password. */
export interface AccountDetails {
  email: string
  /** Display name, 250 characters at most. The login by default. */
  name?: string
  /** `administrator`, `editor`, `author`, `contributor` or `subscriber`. `subscriber` by default. */
  role?: string
}

/** A user as they move between sites, including the hash of their account password. */
export interface PortableAccount {
  /** 1 to 60 characters, in any script. */
  login: string
  email: string
  name: string
  role: string
  registered: Date
  /**
   * A hash in one of these formats: `$argon2id$`, `$argon2i$`, `$wp$2y$`, `$2y$` or `$P$`. Null: the user cannot log in
   * until `update()` sets a password.
   */
  passwordHash: string | null
}

const invalid = (message: string) => new ConnectError('invalid_user', { message })

/** Follows WordPress's strict rules for user names. */
export function checkLogin(login: string): string {
  if (/^[a-z0-9 _.\-@]{1,60}$/i.test(login) && login === login.trim()) return login
  throw invalid('The login must have 1 to 60 letters, digits, spaces and _ . - @.')
}

/**
 * Allows more than WordPress does, because its plugins do. A colon is not allowed: HTTP Basic ends a user name at the first
 * one.
 */
export function checkForeignLogin(login: string): string {
  const fits = login.length <= 60 && fold(login).length <= 60 && fold(login) !== ''
  if (fits && !hasControls(login) && !login.includes(':') && login === login.trim()) return login
  throw invalid('The login must have 1 to 60 characters and no colon.')
}

export function checkEmail(email: string): string {
  // The folded form, which look-ups use, may be longer than the typed one.
  if (email.length <= 100 && fold(email).length <= 100 && /^[^\s@<>"\p{Cc}]+@[^\s@<>"\p{Cc}]+$/u.test(email))
    return email
  throw invalid(`"${email.slice(0, 100)}" is not an email address.`)
}

export function checkName(name: string): string {
  if (name.length <= 250 && !hasControls(name)) return name
  throw invalid('The display name must have at most 250 characters and no control characters.')
}

export function checkRole(role: string): Role {
  if (isRole(role)) return role
  throw invalid(`The role "${role}" does not exist. The roles are ${ROLES.join(', ')}.`)
}

export function checkHash(hash: string): string {
  if (isVerifiable(hash)) return hash
  throw invalid('The hash of the account password has no known form, or costs too much to check.')
}

export function checkPassword(password: string): string {
  if (password.length > 0 && password.length <= 4096) return password
  throw invalid('The password must have 1 to 4096 characters.')
}
