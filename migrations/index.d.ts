import type { Knex } from 'knex'

/** The functions that a migration gets. */
export interface MigrationTools {
  /** Returns the name of one of the package's tables, with the site's prefix. */
  table(name: string): string
  /** Makes a new table compare text byte by byte, on every database. */
  byteExact(table: Knex.CreateTableBuilder): void
}

/** A change of the package's tables, up and down. Its name is stored in the bookkeeping table and never changes. */
export interface Migration {
  name: string
  up(tools: MigrationTools, knex: Knex): Promise<void>
  down(tools: MigrationTools, knex: Knex): Promise<void>
}

export const forEverySite: readonly Migration[]
/** The migrations that `embeddedUsers()` needs. */
export const forEmbeddedUsers: readonly Migration[]
/** The migrations that the option `oauth` needs. */
export const forOAuth: readonly Migration[]
/** The migrations that the option `throttle: 'database'` needs. */
export const forThrottle: readonly Migration[]
/** The migrations that the option `content` needs. */
export const forContent: readonly Migration[]
/** The migrations that `embeddedContent()` needs. */
export const forEmbeddedContent: readonly Migration[]
