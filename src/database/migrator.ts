import { setTimeout } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Migration, MigrationTools } from '../../migrations/index.js'
import { type Database, databaseError } from './database.ts'
import { byteExact, isLocked } from './dialect.ts'
import { pastMappers } from './own-knex.ts'

type Tables = Pick<Database, 'table'>

export interface Migrator {
  /** Brings our tables up to date. Answers the names of the migrations that ran. */
  up(): Promise<string[]>
  /** Takes all of our tables away again, with what is in them. Answers the names of the migrations undone. */
  down(): Promise<string[]>
  /** The names of those that have not run. Writes nothing. */
  pending(): Promise<string[]>
}

/** Our migrations keep books in a table of their own, so that they live beside the host's and neither sees the other's. */
export function migratorConfig(tables: Tables, migrations: readonly Migration[]) {
  return {
    tableName: tables.table('migrations'),
    // A host that first used embedded users and then its own has run migrations that are no longer listed.
    disableMigrationsListValidation: true,
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: (migration: Migration) => migration.name,
      getMigration: async (migration: Migration) => ({
        up: (knex: Knex) => pastMappers(knex, own => migration.up(migrationTools(tables, own), own)),
        down: (knex: Knex) => pastMappers(knex, own => migration.down(migrationTools(tables, own), own)),
      }),
    },
  } satisfies Knex.MigratorConfig
}

export const migrationTools = ({ table }: Tables, knex: Knex): MigrationTools => ({
  table,
  byteExact: created => byteExact(created, knex),
})

export function createMigrator(database: Database, migrations: readonly Migration[]): Migrator {
  const config = migratorConfig(database, migrations)
  return {
    // Not through `run()`: it may take as long as it takes.
    up: () => bringUp(database.knex, config).catch(inOneForm),
    down: () => takeDown(database.knex, config).catch(inOneForm),
    pending: () => findPending(database, config.tableName, migrations),
  }
}

function inOneForm(error: unknown): never {
  throw databaseError(error)
}

async function bringUp(knex: Knex, config: Knex.MigratorConfig & { tableName: string }): Promise<string[]> {
  return whenUnlocked(async () => {
    await ensureBooks(knex, config.tableName)
    // Asked first: Knex would warn at each try, and name the host's own lock.
    if (await knex(`${config.tableName}_lock`).where({ is_locked: 1 }).first()) throw new MigrationLocked()
    const [, pending] = await knex.migrate.list(config)
    return pending.length === 0 ? [] : (await knex.migrate.latest(config))[1]
  })
}

async function takeDown(knex: Knex, config: Knex.MigratorConfig): Promise<string[]> {
  return (await whenUnlocked(() => knex.migrate.rollback(config, true)))[1]
}

/** Not by Knex's own list, which makes its tables where they are missing. */
async function findPending(
  { knex, run }: Database,
  books: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  const names = migrations.map(({ name }) => name)
  if (!(await run(knex.schema.hasTable(books)))) return names
  const ran = new Set(await run(knex(books).pluck<string[]>('name')))
  return names.filter(name => !ran.has(name))
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

const MAX_WAIT_MS = 30_000

/** By the name that Knex's own has. */
class MigrationLocked extends Error {
  override name = 'MigrationLocked'

  constructor() {
    super('Another process is migrating.')
  }
}

/** Waits while another process migrates, or holds SQLite's lock. */
async function whenUnlocked<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + MAX_WAIT_MS
  while (true) {
    try {
      return await work()
    } catch (error) {
      const isTaken = (error as Error).name === 'MigrationLocked' || isLocked(error)
      if (!isTaken || Date.now() > deadline) throw error
      await setTimeout(200)
    }
  }
}
