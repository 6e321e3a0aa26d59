import { setTimeout } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Database } from './database.ts'

/** One change of our tables, up and down. Its name is kept in the bookkeeping table and never changes. */
export interface Migration {
  name: string
  up(database: Database, knex: Knex): Promise<void>
  down(database: Database, knex: Knex): Promise<void>
}

interface Migrator {
  /** Brings our tables up to date. Answers the names of the migrations that ran. */
  up(): Promise<string[]>
  /** Takes all of our tables away again, with what is in them. Answers the names of the migrations undone. */
  down(): Promise<string[]>
}

/** Our migrations keep books in a table of their own, so that they live beside the host's and neither sees the other's. */
export function createMigrator(database: Database, migrations: readonly Migration[]): Migrator {
  const config = {
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
  } satisfies Knex.MigratorConfig
  return {
    up: () => database.run(bringUp(database.knex, config)),
    down: async () => (await database.run(database.knex.migrate.rollback(config, true)))[1],
  }
}

async function bringUp(knex: Knex, config: Knex.MigratorConfig & { tableName: string }): Promise<string[]> {
  await ensureBooks(knex, config.tableName)
  return whenUnlocked(async () => {
    const [, pending] = await knex.migrate.list(config)
    return pending.length === 0 ? [] : (await knex.migrate.latest(config))[1]
  })
}

/**
 * Makes Knex's two bookkeeping tables, safely in many processes at once. Knex itself would let two that start together on
 * an empty database put a row each in the lock table, and a lock of two rows never opens again.
 */
async function ensureBooks(knex: Knex, name: string): Promise<void> {
  await createUnlessThere(knex, name, table => {
    table.increments()
    table.string('name')
    table.integer('batch')
    table.timestamp('migration_time')
  })
  await createUnlessThere(knex, `${name}_lock`, table => {
    table.increments('index')
    table.integer('is_locked')
  })
  if (await knex(`${name}_lock`).first()) return
  await knex(`${name}_lock`).insert({ index: 1, is_locked: 0 }).onConflict('index').ignore()
}

async function createUnlessThere(knex: Knex, name: string, build: (table: Knex.CreateTableBuilder) => void) {
  if (await knex.schema.hasTable(name)) return
  try {
    await knex.schema.createTable(name, build)
  } catch (error) {
    // Another process was first.
    if (!(await knex.schema.hasTable(name))) throw error
  }
}

const LONGEST_WAIT_MS = 30_000

/** Waits while another process migrates. */
async function whenUnlocked<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS
  while (true) {
    try {
      return await work()
    } catch (error) {
      if ((error as Error).name !== 'MigrationLocked' || Date.now() > deadline) throw error
      await setTimeout(200)
    }
  }
}
