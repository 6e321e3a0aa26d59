import { isVerifiable } from '../crypto/is-verifiable.ts'
import { ConnectError } from '../errors.ts'
import { hasControls } from '../values/controls.ts'
import { fold } from '../values/fold.ts'
import { isRole, ROLES, type Role } from './roles.ts'

/** What an embedded user has beside a login and a password. */
export interface AccountDetails {
  email: string
  /** As shown to people; the login if absent. */
  name?: string
  /** `administrator`, `editor`, `author`, `contributor` or `subscriber`. */
  role?: string
}

/** A user as they move between sites, with the hash by which their account password goes on working. */
export interface PortableAccount {
  /** 1 to 60 characters, in any script. */
  login: string
  email: string
  name: string
  role: string
  registered: Date
  /** `$argon2id$`, `$argon2i$`, `$wp$2y$`, `$2y$` or `$P$`; null: they cannot log in until `update()` sets a password. */
  passwordHash: string | null
}

const invalid = (message: string) => new ConnectError('invalid_user', { message })

/** WordPress's strict user names. */
export function checkLogin(login: string): string {
  if (/^[a-z0-9 _.\-@]{1,60}$/i.test(login) && login === login.trim()) return login
  throw invalid('A user name has 1 to 60 letters, digits, spaces and _ . - @.')
}

/** WordPress's plugins allow more than WordPress. HTTP Basic ends a user name at the first colon. */
export function checkForeignLogin(login: string): string {
  const fits = login.length <= 60 && fold(login).length <= 60 && fold(login) !== ''
  if (fits && !hasControls(login) && !login.includes(':') && login === login.trim()) return login
  throw invalid('A user name has 1 to 60 characters, and no colon among them.')
}

export function checkEmail(email: string): string {
  // What it is found by may be longer than what was typed.
  if (email.length <= 100 && fold(email).length <= 100 && /^[^\s@<>"\p{Cc}]+@[^\s@<>"\p{Cc}]+$/u.test(email))
    return email
  throw invalid(`"${email.slice(0, 100)}" is not an e-mail address.`)
}

export function checkName(name: string): string {
  if (name.length <= 250 && !hasControls(name)) return name
  throw invalid('A display name has 250 characters at most, and no control characters.')
}

export function checkRole(role: string): Role {
  if (isRole(role)) return role
  throw invalid(`There is no role "${role}"; there are ${ROLES.join(', ')}.`)
}

export function checkHash(hash: string): string {
  if (isVerifiable(hash)) return hash
  throw invalid('The hash of the account password is of no known form, or costs too much to check.')
}

export function checkPassword(password: string): string {
  if (password.length > 0 && password.length <= 4096) return password
  throw invalid('A password has 1 to 4096 characters.')
}
