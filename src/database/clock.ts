import type { Database } from './database.ts'
import { dialectOf } from './dialect.ts'
import { selectRows } from './select-rows.ts'

/** Unix seconds, whatever the time zone of the connection. */
const CLOCKS: Readonly<Record<string, string>> = {
  postgresql: 'select floor(extract(epoch from clock_timestamp())) as seconds',
  mysql: 'select unix_timestamp() as seconds',
}

/** The time by the database server's clock, in whole seconds as milliseconds; null for SQLite, which has none of its own. */
export async function readDatabaseClock(database: Database): Promise<number | null> {
  const sql = CLOCKS[dialectOf(database.knex)]
  if (sql === undefined) return null
  const [row] = await selectRows<{ seconds: number | string }>(database, sql, [])
  return row ? Number(row.seconds) * 1000 : null
}
