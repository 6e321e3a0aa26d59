import type { Knex } from 'knex'
import { z } from 'zod'
import { chooseMigrations } from './connect/choose-migrations.ts'
import { migratorConfig } from './database/migrator.ts'
import { tablePrefixSchema } from './database/table-prefix.ts'
import { checkBy } from './values/check-options.ts'

/** Which tables a site needs: what it says to `createConnect()`, as far as tables depend on it. */
export interface MigrationsOptions {
  /** The option `tablePrefix`. `connect_` by default. */
  tablePrefix?: string
  /** Whether `users` are `embeddedUsers()`. */
  embeddedUsers?: boolean
  /** Whether there is the option `oauth`. */
  oauth?: boolean
  /** Whether the option `throttle` is `'database'`. */
  throttle?: boolean
}

/** What Knex's option `migrations` takes. */
export type MigrationsConfig = Required<
  Pick<Knex.MigratorConfig, 'migrationSource' | 'tableName' | 'disableMigrationsListValidation'>
>

/**
 * The package's migrations for a host's own Knex command line. It keeps the same books as `connect.migrate()`, which then
 * finds nothing to do.
 *
 * @throws OptionsError that names a bad option
 * @example
 * // of knexfile.js
 * const config = { client: 'pg', connection: process.env.DATABASE_URL, migrations: connectMigrations({ oauth: true }) }
 */
export function connectMigrations(options: MigrationsOptions = {}): MigrationsConfig {
  const { tablePrefix, embeddedUsers, oauth, throttle } = checkBy(optionsSchema, options, 'connectMigrations')
  const migrations = chooseMigrations({ embeddedUsers, oauth, throttle })
  return migratorConfig({ table: name => tablePrefix + name }, migrations)
}

const flag = z.boolean('expected true or false').default(false)

const optionsSchema = z.strictObject({
  tablePrefix: tablePrefixSchema,
  embeddedUsers: flag,
  oauth: flag,
  throttle: flag,
})
