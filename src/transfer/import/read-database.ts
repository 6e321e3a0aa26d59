import type { Knex } from 'knex'
import { createDatabase } from '../../database/database.ts'
import { ConnectError } from '../../errors.ts'
import { APPLICATION_PASSWORDS } from '../user-meta-keys.ts'
import { addMeta } from './user-meta.ts'
import type { UserMeta, UserRow } from './wordpress-user.ts'

const CONCURRENCY = 500

/** Reads the users from a WordPress's own database, in batches. */
export async function* readDatabase(knex: Knex, prefix: string): AsyncGenerator<{ row: UserRow; meta: UserMeta }> {
  const { run, table } = createDatabase(knex, prefix)
  for (const name of ['users', 'usermeta']) {
    if (!(await run(knex.schema.hasTable(table(name))))) {
      throw new ConnectError('wordpress_unreadable', {
        message: `The database has no table ${table(name)}. wp-config.php has the prefix of the tables.`,
      })
    }
  }

  const page = (after: number) =>
    knex(table('users'))
      // As text: the driver would interpret a time without a zone in this machine's time zone.
      .select('*', knex.raw('CAST(?? AS CHAR) AS ??', ['user_registered', 'registered']))
      .where('ID', '>', after)
      .orderBy('ID')
      .limit(CONCURRENCY)

  for (let rows = await run(page(0)); rows.length > 0; rows = await run(page(rows.at(-1).ID))) {
    const metas = new Map<string, UserMeta>(rows.map(row => [String(row.ID), { otherSites: [] }]))
    const found = await run(
      knex(table('usermeta'))
        .whereIn(
          'user_id',
          rows.map(row => row.ID),
        )
        .andWhere(or =>
          or.where('meta_key', APPLICATION_PASSWORDS).orWhere('meta_key', 'like', `${prefix}%capabilities`),
        )
        .orderBy('umeta_id'),
    )
    for (const { user_id, meta_key, meta_value } of found) {
      const meta = metas.get(String(user_id))
      if (meta) addMeta(meta, prefix, meta_key, meta_value ?? '')
    }
    for (const row of rows) {
      yield { row: toUserRow(row), meta: metas.get(String(row.ID)) ?? { otherSites: [] } }
    }
  }
}

const toUserRow = (row: Record<string, unknown>): UserRow => ({
  ID: String(row.ID),
  user_login: text(row.user_login),
  user_pass: text(row.user_pass),
  user_email: text(row.user_email),
  user_registered: text(row.registered),
  display_name: text(row.display_name),
  spam: text(row.spam),
  deleted: text(row.deleted),
})

const text = (value: unknown): string => String(value ?? '')
