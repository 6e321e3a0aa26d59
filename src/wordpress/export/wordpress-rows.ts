import type { Knex } from 'knex'
import { createDatabase } from '../../database/database.ts'
import { ConnectError } from '../../errors.ts'
import { phpUnserialize } from '../php-unserialize.ts'
import { APPLICATION_PASSWORDS, capabilitiesKey } from '../user-meta-keys.ts'

/** A user of WordPress's, as far as an export compares them. */
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

/** The tables of a WordPress that has users: statements only, no rules. */
export function createWordPressRows(wordpress: Knex, prefix: string) {
  const { run, table, transaction } = createDatabase(wordpress, prefix)
  const [users, usermeta, options, sitemeta] = ['users', 'usermeta', 'options', 'sitemeta'].map(table) as [
    string,
    string,
    string,
    string,
  ]

  async function nicename(on: Knex, login: string): Promise<string> {
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

  const metaOf = (on: Knex, userId: number, key: string) =>
    on(usermeta).where({ user_id: userId, meta_key: key }).orderBy('umeta_id').first('umeta_id', 'meta_value')

  let superAdmins: Promise<string[]> | undefined
  async function readSuperAdmins(): Promise<string[]> {
    if (!(await run(wordpress.schema.hasTable(sitemeta)))) return []
    const row = await run(wordpress(sitemeta).where({ site_id: 1, meta_key: 'site_admins' }).first('meta_value'))
    const logins = row?.meta_value ? phpUnserialize(row.meta_value) : []
    return logins instanceof Map ? [...logins.values()].map(String) : []
  }

  return {
    /** @throws ConnectError `wordpress_unreadable` */
    async check(): Promise<void> {
      for (const name of [users, usermeta, options]) {
        if (!(await run(wordpress.schema.hasTable(name)))) {
          throw new ConnectError('wordpress_unreadable', { message: `The database has no table ${name}.` })
        }
      }
    },
    /** Whoever has the login or the address, in any letter case. */
    async find(login: string, email: string): Promise<FoundUser[]> {
      const rows = await run(wordpress(users).where({ user_login: login }).orWhere({ user_email: email }))
      return rows.map(row => ({ id: Number(row.ID), login: row.user_login, email: row.user_email }))
    },
    async capabilities(userId: number): Promise<string> {
      return (await run(metaOf(wordpress, userId, capabilitiesKey(prefix))))?.meta_value ?? ''
    },
    /**
     * The logins of those who may do everything on every site of a network; WordPress keeps them apart from roles. Read once.
     */
    superAdmins(): Promise<string[]> {
      superAdmins ??= readSuperAdmins()
      return superAdmins
    },
    async applicationPasswords(userId: number): Promise<string> {
      return (await run(metaOf(wordpress, userId, APPLICATION_PASSWORDS)))?.meta_value ?? ''
    },
    /** All of it, or nothing. @returns the new user's ID */
    async insertUser(user: NewUser, capabilities: string, level: number): Promise<number> {
      return transaction(async on => {
        const [id] = await on(users).insert({ ...user, user_nicename: await nicename(on, user.user_login) })
        const metas = {
          nickname: user.user_login,
          [capabilitiesKey(prefix)]: capabilities,
          [`${prefix}user_level`]: String(level),
        }
        await on(usermeta).insert(
          Object.entries(metas).map(([key, value]) => ({ user_id: id, meta_key: key, meta_value: value })),
        )
        return Number(id)
      })
    },
    /** The row is locked meanwhile, so that what WordPress writes to it at the same time comes before or after. */
    async changeApplicationPasswords(userId: number, change: (serialised: string) => string): Promise<void> {
      await transaction(async on => {
        const row = await metaOf(on, userId, APPLICATION_PASSWORDS).forUpdate()
        const meta_value = change(row?.meta_value ?? '')
        if (row) await on(usermeta).where({ umeta_id: row.umeta_id }).update({ meta_value })
        else await on(usermeta).insert({ user_id: userId, meta_key: APPLICATION_PASSWORDS, meta_value })
      })
    },
    /** Until this is set, WordPress does not look at application passwords at all. In a network it is the network's. */
    async useApplicationPasswords(): Promise<void> {
      const name = 'using_application_passwords'
      if (await run(wordpress.schema.hasTable(sitemeta))) {
        const isSet = await run(wordpress(sitemeta).where({ site_id: 1, meta_key: name }).first())
        if (!isSet) await run(wordpress(sitemeta).insert({ site_id: 1, meta_key: name, meta_value: '1' }))
      } else {
        const row = { option_name: name, option_value: '1', autoload: 'no' }
        await run(wordpress(options).insert(row).onConflict('option_name').ignore())
      }
    },
  }
}
