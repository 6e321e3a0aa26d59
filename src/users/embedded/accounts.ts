import { ConnectError } from '../../errors.ts'
import { hashArgon2id, needsNewArgon2id } from '../../wordpress/argon2id.ts'
import { verifyHash } from '../../wordpress/verify-hash.ts'
import { isRole, ROLES } from './roles.ts'
import type { EmbeddedUser, UserRows } from './rows.ts'
import type { Sessions } from './sessions.ts'

export interface AccountDetails {
  email: string
  /** As shown to people; the login if absent. */
  name?: string
  /** `administrator`, `editor`, `author`, `contributor` or `subscriber`. */
  role?: string
}

export type Accounts = ReturnType<typeof createAccounts>

/** The rules of embedded users: who may be made, how a log-in is checked, what ends with what. */
export function createAccounts(rows: UserRows, sessions: Sessions) {
  // So that an unknown user costs what a known one does.
  let decoy: Promise<string> | undefined

  return {
    find: rows.find,
    findByLogin: rows.findByLogin,
    list: rows.list,
    count: rows.count,

    /** @throws ConnectError `invalid_user`, `user_exists` */
    async create(
      login: string,
      password: string,
      { email, name, role = 'subscriber' }: AccountDetails,
    ): Promise<EmbeddedUser> {
      checkLogin(login)
      const user = { login, email: checkEmail(email), name: checkName(name ?? login), role: checkRole(role) }
      await rows.insert({ ...user, passwordHash: await hashArgon2id(checkPassword(password)) })
      const created = await rows.findByLogin(login)
      if (!created) throw new ConnectError('database_unavailable')
      return created
    },

    /** A new password ends every session of the user. @throws ConnectError `invalid_user`, `user_exists` */
    async update(id: string, changes: Partial<AccountDetails> & { password?: string }): Promise<void> {
      await rows.update(id, {
        ...(changes.email !== undefined && { email: checkEmail(changes.email) }),
        ...(changes.name !== undefined && { name: checkName(changes.name) }),
        ...(changes.role !== undefined && { role: checkRole(changes.role) }),
        ...(changes.password !== undefined && { passwordHash: await hashArgon2id(checkPassword(changes.password)) }),
      })
      if (changes.password !== undefined) await sessions.endAll(id)
    },

    /** Ends the user's sessions too. Their application passwords are `connect.applicationPasswords.revokeAll(user)`'s. */
    async delete(id: string): Promise<void> {
      await sessions.endAll(id)
      await rows.delete(id)
    },

    /**
     * Checks a log-in with the account's own password, which takes as long for an unknown user.
     *
     * @throws ConnectError `busy`
     */
    async checkLogin(loginOrEmail: string, password: string): Promise<EmbeddedUser | null> {
      decoy ??= hashArgon2id('nobody has this password').catch(error => {
        decoy = undefined
        throw error
      })
      const found = await rows.findWithPassword(loginOrEmail)
      const matches = await verifyHash(password, found?.passwordHash ?? (await decoy))
      if (!found || !matches) return null
      // Imported from WordPress, or made with an older setting: the site's own form from now on.
      if (needsNewArgon2id(found.passwordHash))
        await rows.update(found.user.id, { passwordHash: await hashArgon2id(password) })
      return found.user
    },
  }
}

const invalid = (message: string) => new ConnectError('invalid_user', { message })

/** Also those that turn the direction of writing: they can make a name read as another. */
const hasControls = (text: string) => /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text) || !text.isWellFormed()

/** WordPress's strict user names. */
function checkLogin(login: string): string {
  if (/^[a-z0-9 _.\-@]{1,60}$/i.test(login) && login === login.trim()) return login
  throw invalid('A user name has 1 to 60 letters, digits, spaces and _ . - @.')
}

function checkEmail(email: string): string {
  if (email.length <= 100 && /^[^\s@<>"\p{Cc}]+@[^\s@<>"\p{Cc}]+$/u.test(email)) return email
  throw invalid('That is not an e-mail address.')
}

function checkName(name: string): string {
  if (name.length <= 250 && !hasControls(name)) return name
  throw invalid('A display name has 250 characters at most, and no control characters.')
}

function checkRole(role: string) {
  if (isRole(role)) return role
  throw invalid(`There is no role "${role}"; there are ${ROLES.join(', ')}.`)
}

function checkPassword(password: string): string {
  if (password.length > 0 && password.length <= 4096) return password
  throw invalid('A password has 1 to 4096 characters.')
}
