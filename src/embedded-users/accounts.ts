import { hashArgon2id } from '../crypto/argon2id.ts'
import { ConnectError } from '../errors.ts'
import { deletedUser, type UserLifecycle } from '../users/lifecycle.ts'
import { fold } from '../values/fold.ts'
import {
  type AccountDetails,
  checkEmail,
  checkForeignLogin,
  checkHash,
  checkLogin,
  checkName,
  checkPassword,
  checkRole,
  type PortableAccount,
} from './account-details.ts'
import type { EmbeddedUser, UserRows } from './rows.ts'

/** Make, find, change and delete embedded users. Whether somebody may is the host's to decide. */
export interface Accounts {
  /** By id: digits, as a string. */
  find(id: string): Promise<EmbeddedUser | null>
  /** By login or e-mail address, in any letter case. */
  findByLogin(loginOrEmail: string): Promise<EmbeddedUser | null>
  /** All of them, oldest first. */
  list(): Promise<EmbeddedUser[]>
  /** How many there are. */
  count(): Promise<number>
  /**
   * @param login 1 to 60 letters, digits, spaces and `_ . - @`; unique in any letter case
   * @param password 1 to 4096 characters, kept as argon2id
   * @throws ConnectError `invalid_user`, `user_exists`
   * @example
   * await connect.users.accounts.create('sam', password, { email: 'sam@example.com', role: 'author' })
   */
  create(login: string, password: string, details: AccountDetails): Promise<EmbeddedUser>
  /**
   * Makes a user of another site. Their account password becomes argon2id when they first log in.
   *
   * @param options `dryRun`: check only, and write nothing
   * @returns null after a dry run
   * @throws ConnectError `invalid_user`, `user_exists`
   */
  import(account: PortableAccount, options?: { dryRun?: boolean }): Promise<EmbeddedUser | null>
  /** All of them, oldest first, with the hashes of their account passwords, for another site. */
  export(): Promise<(PortableAccount & { id: string })[]>
  /**
   * A new password ends every session of the user, and what the option `revokeOnPasswordChange` says.
   *
   * @throws ConnectError `invalid_user`, `user_exists`
   */
  update(id: string, changes: Partial<AccountDetails> & { password?: string }): Promise<void>
  /** With the user's sessions, application passwords and connected apps: all of it, or nothing. */
  delete(id: string): Promise<void>
}

/** The rules of embedded users: who may be made, and what ends with what. */
export function createAccounts(rows: UserRows, lifecycle: UserLifecycle): Accounts {
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

    async import({ login, email, name, role, registered, passwordHash }, { dryRun = false } = {}) {
      const user = {
        login: checkForeignLogin(login),
        email: checkEmail(email),
        name: checkName(name),
        role: checkRole(role),
        registered: Math.floor(registered.getTime() / 1000),
        passwordHash: passwordHash === null ? NO_PASSWORD : checkHash(passwordHash),
      }
      // Those of many users that are imported together are one SELECT.
      const holders = await Promise.all([login, email].map(rows.findByLogin))
      if (holders.some(holder => holder !== null)) throw new ConnectError('user_exists')
      if (dryRun) return null
      await rows.insert(user)
      return rows.findByLogin(login)
    },

    async export() {
      return (await rows.listWithPassword()).map(({ user, passwordHash }) => ({
        id: user.id,
        login: user.login,
        email: user.email,
        name: user.name,
        role: user.roles[0],
        registered: user.registered,
        passwordHash: passwordHash === NO_PASSWORD ? null : passwordHash,
      }))
    },

    async update(id, changes) {
      const columns = {
        ...(changes.email !== undefined && { email: checkEmail(changes.email) }),
        ...(changes.name !== undefined && { name: checkName(changes.name) }),
        ...(changes.role !== undefined && { role: checkRole(changes.role) }),
        ...(changes.password !== undefined && { passwordHash: await hashArgon2id(checkPassword(changes.password)) }),
      }
      if (changes.email !== undefined) await mustBeFree([changes.email], id)
      if (changes.password === undefined) return rows.update(id, columns)
      await lifecycle.passwordChanged((await rows.find(id)) ?? deletedUser(id), on => rows.update(id, columns, on))
    },

    async delete(id) {
      await lifecycle.deleted((await rows.find(id)) ?? deletedUser(id), on => rows.delete(id, on))
    },
  }
}

/** Matches no password: it is a hash of no form. */
const NO_PASSWORD = '*'
