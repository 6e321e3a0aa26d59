import type { Knex } from 'knex'
import { z } from 'zod'
import { chooseMigrations } from './connect/choose-migrations.ts'
import { migratorConfig } from './database/migrator.ts'
import { tablePrefixSchema } from './database/table-prefix.ts'
import { checkBy } from './values/check-options.ts'

/** Describes which tables a site needs. Use the same values as in `createConnect()`. */
export interface MigrationsOptions {
  /** The option `tablePrefix`. `connect_` by default. */
  tablePrefix?: string
  /** Whether `users` are `embeddedUsers()`. `false` by default. */
  embeddedUsers?: boolean
  /** Whether the option `oauth` is set. `false` by default. */
  oauth?: boolean
  /** Whether the option `content` is set. `false` by default. */
  content?: boolean
  /** Whether `content` is `embeddedContent()`. `false` by default. */
  embeddedContent?: boolean
  /** Whether the option `throttle` is `'database'`. `false` by default. */
  throttle?: boolean
}

/** A value for Knex's option `migrations`. */
export type MigrationsConfig = Required<
  Pick<Knex.MigratorConfig, 'migrationSource' | 'tableName' | 'disableMigrationsListValidation'>
>

/**
 * Returns the package's migrations for Knex's own command line. They are recorded in the same table as by
 * `connect.migrate()`, which then finds nothing left to run.
 *
 * @throws OptionsError that names a bad option
 * @example
 * // knexfile.js
 * const config = { client: 'pg', connection: process.env.DATABASE_URL, migrations: connectMigrations({ oauth: true }) }
 */
export function connectMigrations(options: MigrationsOptions = {}): MigrationsConfig {
  const { tablePrefix, ...features } = checkBy(optionsSchema, options, 'connectMigrations')
  const migrations = chooseMigrations({ ...features, content: features.content || features.embeddedContent })
  return migratorConfig({ table: name => tablePrefix + name }, migrations)
}

const flag = z.boolean('expected true or false').default(false)

const optionsSchema = z.strictObject({
  tablePrefix: tablePrefixSchema,
  embeddedUsers: flag,
  oauth: flag,
  content: flag,
  embeddedContent: flag,
  throttle: flag,
})
