import type { Knex } from 'knex'
import type { Database } from './database.ts'
import { selectRows } from './select-rows.ts'

/**
 * Creates a SELECT of the rows with given keys. Its SQL is built once, because every API request needs it.
 *
 * @param build creates the statement. The keys must be its only values, in this order
 * @example
 * const select = createSelectIn<Row>(database, keys => knex('posts').whereIn('slug', keys))
 */
export function createSelectIn<Row>(
  database: Database,
  build: (keys: string[]) => Knex.QueryBuilder,
): (keys: string[]) => Promise<Row[]> {
  const statements = new Map<number, string>()

  function statementFor(keys: string[]): string {
    const sql = statements.get(keys.length) ?? build(keys).toSQL().sql
    statements.set(keys.length, sql)
    return sql
  }

  return keys => {
    const padded = padToPowerOfTwo(keys)
    return selectRows<Row>(database, statementFor(padded), padded)
  }
}

/** Repeats the last key. So there is a handful of statements instead of one for each number of keys. */
function padToPowerOfTwo(keys: string[]): string[] {
  const length = 2 ** Math.ceil(Math.log2(keys.length))
  const last = keys.at(-1) ?? ''
  return keys.length === length ? keys : [...keys, ...Array<string>(length - keys.length).fill(last)]
}
