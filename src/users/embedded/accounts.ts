import type { Database } from '../../database/database.ts'
import { ConnectError } from '../../errors.ts'
import { hashArgon2id } from '../../hashes/argon2id.ts'
import { fold } from '../fold.ts'
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

/** Make, find, change and delete embedded users. Whether somebody may is the host's to decide. */
export interface Accounts {
  find(id: string): Promise<EmbeddedUser | null>
  /** By login or e-mail address, in any letter case. */
  findByLogin(loginOrEmail: string): Promise<EmbeddedUser | null>
  /** All of them, oldest first. */
  list(): Promise<EmbeddedUser[]>
  count(): Promise<number>
  /**
   * @param login 1 to 60 letters, digits, spaces and `_ . - @`; unique in any letter case
   * @param password 1 to 4096 characters, kept as argon2id
   * @throws ConnectError `invalid_user`, `user_exists`
   * @example
   * await connect.users.accounts.create('sam', password, { email: 'sam@example.com', role: 'author' })
   */
  create(login: string, password: string, details: AccountDetails): Promise<EmbeddedUser>
  /** A new password ends every session of the user. @throws ConnectError `invalid_user`, `user_exists` */
  update(id: string, changes: Partial<AccountDetails> & { password?: string }): Promise<void>
  /** Ends the user's sessions too. Their application passwords are `connect.applicationPasswords.revokeAll(user)`'s. */
  delete(id: string): Promise<void>
}

/** The rules of embedded users: who may be made, and what ends with what. */
export function createAccounts(database: Database, rows: UserRows, sessions: Sessions): Accounts {
  /** The unique columns see to it that nobody shares a login or an address; this, that no login is another's address. */
  async function mustBeFree(names: string[], exceptId?: string): Promise<void> {
    if (await rows.isTaken(names.map(fold), exceptId)) throw new ConnectError('user_exists')
  }

  return {
    find: rows.find,
    findByLogin: rows.findByLogin,
    list: rows.list,
    count: rows.count,

    async create(login, password, { email, name, role = 'subscriber' }) {
      const user = {
        login: checkLogin(login),
        email: checkEmail(email),
        name: checkName(name ?? login),
        role: checkRole(role),
      }
      await mustBeFree([login, email])
      await rows.insert({ ...user, passwordHash: await hashArgon2id(checkPassword(password)) })
      const created = await rows.findByLogin(login)
      if (!created) throw new ConnectError('database_unavailable')
      return created
    },

    async update(id, changes) {
      const columns = {
        ...(changes.email !== undefined && { email: checkEmail(changes.email) }),
        ...(changes.name !== undefined && { name: checkName(changes.name) }),
        ...(changes.role !== undefined && { role: checkRole(changes.role) }),
        ...(changes.password !== undefined && { passwordHash: await hashArgon2id(checkPassword(changes.password)) }),
      }
      if (changes.email !== undefined) await mustBeFree([changes.email], id)
      await database.transaction(async transaction => {
        await rows.update(id, columns, transaction)
        if (changes.password !== undefined) await sessions.endAll(id, transaction)
      })
    },

    async delete(id) {
      await database.transaction(async transaction => {
        await sessions.endAll(id, transaction)
        await rows.delete(id, transaction)
      })
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
  // What it is found by may be longer than what was typed.
  if (email.length <= 100 && fold(email).length <= 100 && /^[^\s@<>"\p{Cc}]+@[^\s@<>"\p{Cc}]+$/u.test(email))
    return email
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
