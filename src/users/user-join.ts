import type { Knex } from 'knex'
import type { User, Users } from './user.ts'

/**
 * Adds the user to a SELECT of another table, so that a request needs one query instead of two. This works only for users
 * in a table that the package knows.
 */
export interface UserJoin {
  /**
   * The functions that the join replaces. If the host has overridden one of them, the host's function must be called
   * instead.
   */
  readonly replaces: Pick<Users, 'find' | 'findByLogin'>
  /** @param idColumn column of the SELECT's table that holds the user's id as text */
  addTo(select: Knex.QueryBuilder, idColumn: string): Knex.QueryBuilder
  /**
   * @param row a row of such a SELECT
   * @param id the user's id in the row
   * @returns null if there is no such user
   */
  read(row: object, id: string): User | null
  /** Whether `findByLogin()` would find this user by this text. */
  matchesLogin(user: User, loginOrEmail: string): boolean
}
