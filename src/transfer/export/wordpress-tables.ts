import type { Database } from '../../database/database.ts'
import { ConnectError } from '../../errors.ts'
import { type Columns, readColumns } from './columns.ts'

/** The tables of a WordPress that an export reads and writes. */
export interface WordPressTables {
  prefix: string
  users: string
  usermeta: string
  options: string
  /** Null unless it is a multisite network. */
  sitemeta: string | null
  columns: Columns
}

/** @throws ConnectError `wordpress_unreadable` */
export async function findTables({ knex, run, table }: Database): Promise<WordPressTables> {
  const [users, usermeta, options, sitemeta] = [table('users'), table('usermeta'), table('options'), table('sitemeta')]
  for (const name of [users, usermeta, options]) {
    if (!(await run(knex.schema.hasTable(name)))) {
      throw new ConnectError('wordpress_unreadable', { message: `The database has no table ${name}.` })
    }
  }
  return {
    prefix: table(''),
    users,
    usermeta,
    options,
    sitemeta: (await run(knex.schema.hasTable(sitemeta))) ? sitemeta : null,
    columns: await run(() => readColumns(knex, [users, usermeta])),
  }
}

/**
 * Sets the option without which WordPress ignores application passwords. In a multisite network it is the network's option.
 */
export async function useApplicationPasswords({ knex, run }: Database, { options, sitemeta }: WordPressTables) {
  const name = 'using_application_passwords'
  if (sitemeta === null) {
    const row = { option_name: name, option_value: '1', autoload: 'no' }
    await run(knex(options).insert(row).onConflict('option_name').ignore())
    return
  }
  const isSet = await run(knex(sitemeta).where({ site_id: 1, meta_key: name }).first())
  if (!isSet) await run(knex(sitemeta).insert({ site_id: 1, meta_key: name, meta_value: '1' }))
}
