import { setTimeout } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Migration, MigrationTools } from '../../migrations/index.js'
import { type Database, databaseError } from './database.ts'
import { byteExact, isLocked } from './dialect.ts'
import { pastMappers } from './own-knex.ts'

type Tables = Pick<Database, 'table'>

export interface Migrator {
  /** Creates or updates our tables. Returns the names of the migrations that ran. */
  up(): Promise<string[]>
  /** Drops all of our tables with their data. Returns the names of the migrations rolled back. */
  down(): Promise<string[]>
  /** Returns the names of the migrations that have not run. Writes nothing. */
  pending(): Promise<string[]>
}

/** Our migrations have their own bookkeeping table, so that they and the host's do not see each other. */
export function migratorConfig(tables: Tables, migrations: readonly Migration[]) {
  return {
    tableName: tables.table('migrations'),
    // A site that changed from embedded users to its own has run migrations that are no longer listed.
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
    // Without `run()`, because migrations have no time limit.
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
    // Checked first: Knex would print a warning at each attempt, with the name of the host's own lock table.
    if (await knex(`${config.tableName}_lock`).where({ is_locked: 1 }).first()) throw new MigrationLocked()
    const [, pending] = await knex.migrate.list(config)
    return pending.length === 0 ? [] : (await knex.migrate.latest(config))[1]
  })
}

async function takeDown(knex: Knex, config: Knex.MigratorConfig): Promise<string[]> {
  return (await whenUnlocked(() => knex.migrate.rollback(config, true)))[1]
}

/** Does not use Knex's own list, which creates the tables if they are missing. */
async function findPending(
  { knex, run }: Database,
  books: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  const names = migrations.map(({ name }) => name)
  if (!(await run(() => knex.schema.hasTable(books)))) return names
  const ran = new Set(await run(knex(books).pluck<string[]>('name')))
  return names.filter(name => !ran.has(name))
}

/**
 * Creates Knex's two bookkeeping tables, safely in many processes at once. Knex itself would let two processes that start
 * on an empty database each insert a row into the lock table, and a lock with two rows can never be released.
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

export const limits = { waitMs: 30_000 } // tests wait less

/** Has the same name as Knex's own error. */
class MigrationLocked extends Error {
  override name = 'MigrationLocked'

  constructor() {
    super('Another process is migrating.')
  }
}

/** Waits while another process migrates or holds SQLite's lock. */
async function whenUnlocked<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + limits.waitMs
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
