import type { Knex } from 'knex'
import { createBatch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'
import { isUniqueViolation } from '../database/dialect.ts'
import { ConnectError } from '../errors.ts'
import { capabilitiesOf, type Role } from '../users/roles.ts'
import type { User } from '../users/user.ts'
import { fold } from '../values/fold.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'

/** A user in the package's own table. */
export interface EmbeddedUser extends User {
  id: string
  login: string
  email: string
  name: string
  /** One of `administrator`, `editor`, `author`, `contributor` and `subscriber`. */
  roles: readonly [Role]
  registered: Date
}

interface NewUser {
  login: string
  email: string
  name: string
  role: Role
  passwordHash: string
  /** Unix seconds. The current time by default. */
  registered?: number
}

export type UserRows = ReturnType<typeof createUserRows>

/** The table of users. It contains statements only, no rules. */
export function createUserRows(database: Database) {
  const { knex, run } = database
  const table = database.table('users')

  const findById = createBatch(async (ids: string[]) => {
    const rows = await run(knex<UserRow>(table).whereIn('id', ids))
    return new Map(rows.map(row => [String(row.id), row]))
  })

  const findByKey = createBatch(async (keys: string[]) => {
    const rows = await run(knex<UserRow>(table).whereIn('login_key', keys).orWhereIn('email_key', keys))
    // A login takes precedence over another user's equal email address.
    return new Map([
      ...rows.map(row => [row.email_key, row] as const),
      ...rows.map(row => [row.login_key, row] as const),
    ])
  })

  /** One SELECT for all requests that arrive together: see `createBatch()`. */
  async function findRow(loginOrEmail: string): Promise<UserRow | undefined> {
    return isStorable(loginOrEmail) ? findByKey(fold(loginOrEmail)) : undefined
  }

  async function unlessTaken<T>(write: PromiseLike<T>): Promise<T> {
    try {
      return await run(write)
    } catch (error) {
      throw isUniqueViolation(error) ? new ConnectError('user_exists') : error
    }
  }

  return {
    async find(id: string): Promise<EmbeddedUser | null> {
      const row = isId(id) ? await findById(id) : undefined
      return row ? toUser(row) : null
    },
    async findByLogin(loginOrEmail: string): Promise<EmbeddedUser | null> {
      const row = await findRow(loginOrEmail)
      return row ? toUser(row) : null
    },
    async findWithPassword(loginOrEmail: string): Promise<{ user: EmbeddedUser; passwordHash: string } | null> {
      const row = await findRow(loginOrEmail)
      return row ? { user: toUser(row), passwordHash: row.password } : null
    },
    async list(): Promise<EmbeddedUser[]> {
      return (await run(knex<UserRow>(table).orderBy('id'))).map(toUser)
    },
    async listWithPassword(): Promise<{ user: EmbeddedUser; passwordHash: string }[]> {
      const rows = await run(knex<UserRow>(table).orderBy('id'))
      return rows.map(row => ({ user: toUser(row), passwordHash: row.password }))
    },
    async count(): Promise<number> {
      const [row] = await run(knex(table).count({ users: '*' }))
      return Number(row?.users ?? 0)
    },
    /**
     * Whether another user already has one of these as login or email address. A login must not equal another user's
     * address.
     */
    async isTaken(keys: string[], exceptId: string, on: Knex): Promise<boolean> {
      const holders = await run(on<UserRow>(table).whereIn('login_key', keys).orWhereIn('email_key', keys).select('id'))
      return holders.some(({ id }) => String(id) !== exceptId)
    },
    /** @throws ConnectError `user_exists` */
    async insert(user: NewUser, on: Knex): Promise<void> {
      await unlessTaken(
        on(table).insert({
          login: user.login,
          email: user.email,
          login_key: fold(user.login),
          email_key: fold(user.email),
          display_name: user.name,
          role: user.role,
          password: user.passwordHash,
          registered: user.registered ?? nowInSeconds(),
        }),
      )
    },
    /** @throws ConnectError `user_exists` */
    async update(id: string, changes: Partial<Omit<NewUser, 'login' | 'registered'>>, on: Knex = knex): Promise<void> {
      const columns = {
        ...(changes.email !== undefined && { email: changes.email, email_key: fold(changes.email) }),
        ...(changes.name !== undefined && { display_name: changes.name }),
        ...(changes.role !== undefined && { role: changes.role }),
        ...(changes.passwordHash !== undefined && { password: changes.passwordHash }),
      }
      if (isId(id) && Object.keys(columns).length > 0) await unlessTaken(on(table).where({ id }).update(columns))
    },
    /**
     * Replaces the hash only if it still is `from`, so that a login does not undo a change of the password.
     *
     * @returns whether it was replaced
     */
    async replaceHash(id: string, from: string, to: string): Promise<boolean> {
      return (await run(knex(table).where({ id, password: from }).update({ password: to }))) > 0
    },
    /**
     * Whether the account's hash still is this one. It also locks the row, so that the hash cannot change before the
     * transaction ends.
     */
    async keepHash(id: string, passwordHash: string, on: Knex): Promise<boolean> {
      return (await run(on(table).where({ id, password: passwordHash }).forUpdate().first('id'))) !== undefined
    },
    async delete(id: string, on: Knex): Promise<void> {
      if (isId(id)) await run(on(table).where({ id }).delete())
    },
  }
}

/** An id may come from a URL, and PostgreSQL rejects text for a number. */
const isId = (id: string) => /^[1-9]\d{0,14}$/.test(id)

export interface UserRow {
  id: number | string
  login: string
  email: string
  login_key: string
  email_key: string
  display_name: string
  role: Role
  password: string
  registered: number | string
}

export const toUser = (row: Omit<UserRow, 'login_key' | 'email_key' | 'password'>): EmbeddedUser => ({
  id: String(row.id),
  login: row.login,
  email: row.email,
  name: row.display_name,
  roles: [row.role],
  capabilities: capabilitiesOf(row.role),
  registered: new Date(Number(row.registered) * 1000),
})

/** PostgreSQL rejects NUL and malformed UTF-16. No login or address is longer than 200 characters. */
const isStorable = (text: string): boolean => text.length <= 200 && !text.includes('\0') && text.isWellFormed()
