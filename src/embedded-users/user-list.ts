import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import type { User, UsersQuery } from '../users/user.ts'
import { fold } from '../values/fold.ts'
import { toUser, type UserRow } from './rows.ts'

/** More values than a statement of SQLite takes. */
const MAX_IDS = 900

/** Lists embedded users, as clients of the site's content ask for them. */
export function createUserList({ knex, run, table: named }: Database) {
  const table = named('users')
  // The slug is made of the login: what is no letter or digit becomes one `-`. The key is the login in lower case.
  const isId = (id: string) => /^[1-9]\d{0,14}$/.test(id)

  function filter(builder: Knex.QueryBuilder, { ids, exclude = [], search, slugs, roles }: UsersQuery): void {
    if (ids) builder.whereIn('id', ids.filter(isId).slice(0, MAX_IDS).map(Number))
    if (exclude.length > 0) builder.whereNotIn('id', exclude.filter(isId).slice(0, MAX_IDS).map(Number))
    if (roles) builder.whereIn('role', roles)
    if (search !== undefined) {
      const like = `%${fold(search).replaceAll('\0', '').replace(/[!%_]/g, '!$&')}%`
      builder.where(any => {
        for (const column of ['login_key', 'email_key']) any.orWhereRaw(`?? like ? escape '!'`, [column, like])
        any.orWhereRaw(`lower(??) like ? escape '!'`, ['display_name', like])
      })
    }
    if (slugs) {
      builder.where(any => {
        any.whereRaw('1 = 0')
        // `_` stands for one character, so `jane-doe` finds the login `jane.doe`.
        for (const slug of slugs.slice(0, 100)) any.orWhereRaw(`?? like ? escape '!'`, ['login_key', likeSlug(slug)])
      })
    }
  }

  return async (query: UsersQuery): Promise<{ items: readonly User[]; total: number }> => {
    const builder = knex(table).limit(query.limit).offset(query.offset)
    filter(builder, query)
    const columns = {
      id: 'id',
      name: 'display_name',
      registered_date: 'registered',
      slug: 'login_key',
      email: 'email_key',
    }
    builder.orderBy([
      { column: columns[query.orderBy], order: query.order },
      { column: 'id', order: query.order },
    ])
    const counted = knex(table)
    filter(counted, query)
    const [rows, [count]] = await Promise.all([run(builder) as Promise<UserRow[]>, run(counted.count({ all: '*' }))])
    return { items: rows.map(toUser), total: Number(count?.all ?? 0) }
  }
}

const likeSlug = (slug: string): string =>
  slug.toLowerCase().replaceAll('\0', '').replace(/[!%_]/g, '!$&').replaceAll('-', '_')
