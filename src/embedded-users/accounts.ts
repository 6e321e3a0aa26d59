import type { Knex } from 'knex'
import { hashArgon2id } from '../crypto/argon2id.ts'
import type { Database } from '../database/database.ts'
import { ConnectError } from '../errors.ts'
import { deletedUser, type UserLifecycle } from '../users/lifecycle.ts'
import type { UserChanges } from '../users/user-changes.ts'
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

/**
 * Creates, finds, changes and deletes embedded users. These methods check no permissions; decide first whether the caller
 * may.
 */
export interface Accounts {
  /** Finds a user by id: digits, as a string. Returns null if there is none. */
  find(id: string): Promise<EmbeddedUser | null>
  /** Finds a user by login or email address, in any letter case. Returns null if there is none. */
  findByLogin(loginOrEmail: string): Promise<EmbeddedUser | null>
  /** Returns all users, oldest first. */
  list(): Promise<EmbeddedUser[]>
  /** Returns the number of users. */
  count(): Promise<number>
  /**
   * Creates a user.
   *
   * @param login 1 to 60 letters, digits, spaces and `_ . - @`; unique in any letter case
   * @param password 1 to 4096 characters; stored as an argon2id hash
   * @throws ConnectError `invalid_user`, `user_exists`
   * @example
   * await connect.users.accounts.create('sam', password, { email: 'sam@example.com', role: 'author' })
   */
  create(login: string, password: string, details: AccountDetails): Promise<EmbeddedUser>
  /**
   * Imports a user of another site. Their account password is rehashed with argon2id at their first login.
   *
   * @param options `dryRun`: check only, and write nothing
   * @returns the user; null after a dry run
   * @throws ConnectError `invalid_user`, `user_exists`
   */
  import(account: PortableAccount, options?: { dryRun?: boolean }): Promise<EmbeddedUser | null>
  /** Exports all users, oldest first, with the hashes of their account passwords, for another site. */
  export(): Promise<(PortableAccount & { id: string })[]>
  /**
   * Changes a user. A new password ends all sessions of the user. With the option `revokeOnPasswordChange` it also revokes
   * application passwords and disconnects apps.
   *
   * @throws ConnectError `invalid_user`, `user_exists`
   */
  update(id: string, changes: Partial<AccountDetails> & { password?: string }): Promise<void>
  /** Deletes a user and their sessions, application passwords and connected apps, in one transaction. */
  delete(id: string): Promise<void>
}

interface AccountsParts {
  database: Database
  rows: UserRows
  changes: UserChanges
  lifecycle: UserLifecycle
}

/** Name of the lock on the logins and addresses of all users. No user has this id. */
const NAMES = 'names of all users'

/** The rules for embedded users: which ones are valid, and what ends when a user or password does. */
export function createAccounts({ database, rows, changes, lifecycle }: AccountsParts): Accounts {
  /**
   * The unique columns prevent two equal logins or two equal addresses. This check also prevents a login that equals
   * another user's address. The lock makes all processes check and write in turn: otherwise two of them could write both.
   *
   * @param on the transaction that writes
   */
  async function mustBeFree(names: string[], exceptId: string, on: Knex): Promise<void> {
    await changes.lock(NAMES, on)
    if (await rows.isTaken(names.map(fold), exceptId, on)) throw new ConnectError('user_exists')
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
      const passwordHash = await hashArgon2id(checkPassword(password))
      await database.transaction(async on => {
        await mustBeFree([login, email], '', on)
        await rows.insert({ ...user, passwordHash }, on)
      })
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
      // The look-ups of many users that are imported together share one SELECT.
      const holders = await Promise.all([login, email].map(rows.findByLogin))
      if (holders.some(holder => holder !== null)) throw new ConnectError('user_exists')
      if (dryRun) return null
      // Without the lock: it would make an import of thousands of users several times as slow, and the check was just now.
      await rows.insert(user, database.knex)
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

    async update(id, given) {
      const columns = {
        ...(given.email !== undefined && { email: checkEmail(given.email) }),
        ...(given.name !== undefined && { name: checkName(given.name) }),
        ...(given.role !== undefined && { role: checkRole(given.role) }),
        ...(given.password !== undefined && { passwordHash: await hashArgon2id(checkPassword(given.password)) }),
      }
      async function write(on: Knex): Promise<void> {
        if (given.email !== undefined) await mustBeFree([given.email], id, on)
        await rows.update(id, columns, on)
      }
      if (given.password === undefined) return database.transaction(write)
      await lifecycle.passwordChanged((await rows.find(id)) ?? deletedUser(id), write)
    },

    async delete(id) {
      await lifecycle.deleted((await rows.find(id)) ?? deletedUser(id), on => rows.delete(id, on))
    },
  }
}

/** Not a valid hash in any format, so it matches no password. */
const NO_PASSWORD = '*'
