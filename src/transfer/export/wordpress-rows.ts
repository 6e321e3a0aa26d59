import type { Knex } from 'knex'
import { rowsOf } from '../../database/dialect.ts'
import { SkipUser } from '../result.ts'
import { APPLICATION_PASSWORDS, capabilitiesKey } from '../user-meta-keys.ts'
import { checkFits } from './columns.ts'
import type { WordPressTables } from './wordpress-tables.ts'

/** The data of a WordPress user that an export compares. */
export interface FoundUser {
  id: number
  login: string
  email: string
}

export interface NewUser {
  user_login: string
  user_pass: string
  user_email: string
  user_registered: string
  display_name: string
}

export type WordPressRows = ReturnType<typeof createWordPressRows>

/**
 * Statements on the tables of a WordPress, inside a transaction. After each write it checks that the stored values are
 * unchanged.
 */
export function createWordPressRows(on: Knex, { prefix, users, usermeta, sitemeta, columns }: WordPressTables) {
  async function nicename(login: string): Promise<string> {
    const slug =
      login
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 45) || 'user'
    for (let number = 1; ; number++) {
      const name = number === 1 ? slug : `${slug}-${number}`
      if (!(await on(users).where({ user_nicename: name }).first('ID'))) return name
    }
  }

  /** Compares the stored values with the written ones, byte by byte: a trigger or another charset may have changed them. */
  async function checkKept(table: string, key: string, id: number, row: Readonly<Record<string, unknown>>) {
    const names = Object.keys(row)
    // As text: the driver would convert some values to dates, and lengths in bytes would differ.
    const read = names.map(name => on.raw('CAST(?? AS CHAR) AS ??', [name, name]))
    const kept = await on(table).where(key, id).first(read)
    const changed = names.find(name => kept?.[name] !== String(row[name]))
    if (changed) throw new SkipUser(`WordPress’s column ${table}.${changed} changes the value that is written to it.`)
  }

  /** @returns the new row's id */
  async function insert(table: string, key: string, row: Readonly<Record<string, unknown>>): Promise<number> {
    const [id] = await on(table).insert(row)
    await checkKept(table, key, Number(id), row)
    return Number(id)
  }

  const applicationPasswordsOf = (userId: number) =>
    on(usermeta)
      .where({ user_id: userId, meta_key: APPLICATION_PASSWORDS })
      .orderBy('umeta_id')
      .first('umeta_id', 'meta_value')

  /**
   * Rejects values that cannot be written.
   *
   * @throws SkipUser
   */
  async function checkApplicationPasswords(serialised: string): Promise<void> {
    checkFits(columns, usermeta, { meta_value: serialised })
    const [session] = rowsOf<{ most: number }>(await on.raw('SELECT @@max_allowed_packet AS most'))
    // Escaping may double the length.
    if (2 * Buffer.byteLength(serialised) + 1024 <= Number(session?.most)) return
    throw new SkipUser('The user’s application passwords are too large for one statement of WordPress’s database.')
  }

  return {
    /**
     * Finds users by login or email address, in any letter case.
     *
     * @throws SkipUser for values that the columns cannot hold
     */
    async find(login: string, email: string): Promise<FoundUser[]> {
      checkFits(columns, users, { user_login: login, user_email: email })
      const rows = await on(users).where({ user_login: login }).orWhere({ user_email: email })
      return rows.map(row => ({ id: Number(row.ID), login: row.user_login, email: row.user_email }))
    },
    /**
     * Returns the user's capabilities on this site, on each other site of the network, and in each other WordPress with the
     * same users table: an application password works on all of them.
     */
    async capabilities(userId: number): Promise<{ key: string; serialised: string }[]> {
      const rows = await on(usermeta).where({ user_id: userId }).andWhere('meta_key', 'like', '%capabilities')
      return rows.map(row => ({ key: String(row.meta_key), serialised: String(row.meta_value ?? '') }))
    },
    /**
     * Returns the lists of users who may do everything on every site of a network. WordPress stores them separately from
     * roles.
     */
    async superAdmins(): Promise<string[]> {
      if (sitemeta === null) return []
      const rows = await on(sitemeta).where({ meta_key: 'site_admins' })
      return rows.map(row => String(row.meta_value ?? ''))
    },
    async applicationPasswords(userId: number): Promise<string> {
      return (await applicationPasswordsOf(userId))?.meta_value ?? ''
    },
    /**
     * Rejects a user that cannot be inserted, before anything is written.
     *
     * @throws SkipUser
     */
    checkUser(user: NewUser): void {
      checkFits(columns, users, { ...user })
      checkFits(columns, usermeta, { meta_value: user.user_login })
    },
    /** @returns the new user's ID */
    async insertUser(user: NewUser, capabilities: string, level: number): Promise<number> {
      const id = await insert(users, 'ID', { ...user, user_nicename: await nicename(user.user_login) })
      const metas = {
        nickname: user.user_login,
        [capabilitiesKey(prefix)]: capabilities,
        [`${prefix}user_level`]: String(level),
      }
      for (const [meta_key, meta_value] of Object.entries(metas)) {
        await insert(usermeta, 'umeta_id', { user_id: id, meta_key, meta_value })
      }
      return id
    },
    checkApplicationPasswords,
    /** Locks the row, so that concurrent writes of WordPress come before or after. */
    async changeApplicationPasswords(userId: number, change: (serialised: string) => string): Promise<void> {
      const row = await applicationPasswordsOf(userId).forUpdate()
      const meta_value = change(row?.meta_value ?? '')
      await checkApplicationPasswords(meta_value)
      if (row) {
        await on(usermeta).where({ umeta_id: row.umeta_id }).update({ meta_value })
        await checkKept(usermeta, 'umeta_id', row.umeta_id, { meta_value })
      } else {
        await insert(usermeta, 'umeta_id', { user_id: userId, meta_key: APPLICATION_PASSWORDS, meta_value })
      }
    },
  }
}
