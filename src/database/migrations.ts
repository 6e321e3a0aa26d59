import type { Knex } from 'knex'
import type { Database } from './database.ts'

/** One change of our tables, up and down. Its name is kept in the bookkeeping table and never changes. */
export interface Migration {
  name: string
  up(database: Database, knex: Knex): Promise<void>
  down(database: Database, knex: Knex): Promise<void>
}

export interface Migrator {
  /** Brings our tables up to date. Answers the names of the migrations that ran. */
  up(): Promise<string[]>
  /** Takes all of our tables away again, with what is in them. Answers the names of the migrations undone. */
  down(): Promise<string[]>
}

/** Our migrations keep books in a table of their own, so that they live beside the host's and neither sees the other's. */
export function createMigrator(database: Database, migrations: readonly Migration[]): Migrator {
  const config: Knex.MigratorConfig = {
    tableName: database.table('migrations'),
    // A host that first used embedded users and then its own has run migrations that are no longer listed.
    disableMigrationsListValidation: true,
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: (migration: Migration) => migration.name,
      getMigration: async (migration: Migration) => ({
        up: (knex: Knex) => migration.up(database, knex),
        down: (knex: Knex) => migration.down(database, knex),
      }),
    },
  }
  return {
    up: async () => (await database.knex.migrate.latest(config))[1],
    down: async () => (await database.knex.migrate.rollback(config, true))[1],
  }
}
