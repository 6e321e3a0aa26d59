import type { Knex } from 'knex'
import type { User, Users } from './user.ts'

/**
 * Lets a SELECT of another table bring the user along, so that a request costs one query instead of two. Only users of a table
 * that the package knows can be had so.
 */
export interface UserJoin {
  /** What it answers instead of: a host that puts an answer of its own in their place is asked that. */
  readonly replaces: Pick<Users, 'find' | 'findByLogin'>
  /** @param idColumn of the SELECT's own table: it holds the user's id as text */
  addTo(select: Knex.QueryBuilder, idColumn: string): Knex.QueryBuilder
  /**
   * @param row of such a SELECT
   * @param id what the row's own column holds
   * @returns null if there is no such user, or no longer
   */
  read(row: object, id: string): User | null
  /** Whether `findByLogin()` would find this user by it. */
  matchesLogin(user: User, loginOrEmail: string): boolean
}
