import type { Knex } from 'knex'

/** What a migration is handed. */
export interface MigrationTools {
  /** The name of one of the package's tables, with the site's prefix. */
  table(name: string): string
  /** Makes a new table compare text byte by byte, on every database. */
  byteExact(table: Knex.CreateTableBuilder): void
}

/** One change of the package's tables, up and down. Its name is kept in the bookkeeping table and never changes. */
export interface Migration {
  name: string
  up(tools: MigrationTools, knex: Knex): Promise<void>
  down(tools: MigrationTools, knex: Knex): Promise<void>
}

export const forEverySite: readonly Migration[]
/** What `embeddedUsers()` needs. */
export const forEmbeddedUsers: readonly Migration[]
/** What the option `oauth` needs. */
export const forOAuth: readonly Migration[]
/** What the option `throttle: 'database'` needs. */
export const forThrottle: readonly Migration[]
