import type { Database } from '../database/database.ts'
import { asNumericKey } from '../database/dialect.ts'
import type { UserJoin } from '../users/user-join.ts'
import { fold } from '../values/fold.ts'
import { toUser, type UserRow, type UserRows } from './rows.ts'

/** All columns that `toUser()` reads, without the password hash. */
const COLUMNS = ['id', 'login', 'email', 'display_name', 'role', 'registered'] as const
type ToldOfUser = Pick<UserRow, (typeof COLUMNS)[number]>
type Joined = { [column in keyof ToldOfUser as `joined_user_${column}`]: ToldOfUser[column] | null }

/** Joins embedded users to the SELECT of a credential. */
export function createUserJoin({ knex, table }: Database, { find, findByLogin }: UserRows): UserJoin {
  const users = table('users')
  return {
    replaces: { find, findByLogin },
    addTo: (select, idColumn) =>
      select
        .leftJoin(users, `${users}.id`, asNumericKey(knex, idColumn))
        .select(COLUMNS.map(column => `${users}.${column} as joined_user_${column}`)),
    read(row, id) {
      const joined = row as Joined
      if (joined.joined_user_id === null || String(joined.joined_user_id) !== id) return null
      return toUser({
        id: joined.joined_user_id,
        login: joined.joined_user_login,
        email: joined.joined_user_email,
        display_name: joined.joined_user_display_name,
        role: joined.joined_user_role,
        registered: joined.joined_user_registered,
      } as ToldOfUser)
    },
    matchesLogin(user, loginOrEmail) {
      const key = fold(loginOrEmail)
      return key === fold(user.login) || key === fold(user.email ?? '')
    },
  }
}
