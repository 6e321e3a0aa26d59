import { byteExact } from '../database/dialect.ts'
import type { Migration } from '../database/migrator.ts'

/** One credential, one row: issue, rename, use and revoke each touch only that row. */
export const applicationPasswordsTable: Migration = {
  name: '0001-application-passwords',
  async up(database, knex) {
    await knex.schema.createTable(database.table('application_passwords'), table => {
      table.bigIncrements('id')
      table.string('uuid', 36).notNullable().unique()
      table.string('user_id', 64).notNullable().index()
      table.string('app_id', 36).notNullable().defaultTo('')
      table.string('name', 200).notNullable()
      // What a request's password is found by. Null for an imported slow hash, until its first use.
      table.string('lookup', 64).unique()
      table.string('hash', 255).notNullable()
      // Unix seconds, as WordPress keeps them.
      table.bigInteger('created').notNullable()
      table.bigInteger('last_used')
      table.string('last_ip', 45)
      byteExact(table, knex)
    })
  },
  async down(database, knex) {
    await knex.schema.dropTable(database.table('application_passwords'))
  },
}
