import { byteExact } from '../database/dialect.ts'
import type { Migration } from '../database/migrator.ts'

/** Users and their log-in sessions, for a site that has none of its own. */
export const embeddedUsersTables: Migration = {
  name: '0002-embedded-users',
  async up(database, knex) {
    await knex.schema.createTable(database.table('users'), table => {
      table.bigIncrements('id')
      table.string('login', 60).notNullable()
      table.string('email', 100).notNullable()
      // Folded forms, by which people are found whatever letter case they type.
      table.string('login_key', 60).notNullable().unique()
      table.string('email_key', 100).notNullable().unique()
      table.string('display_name', 250).notNullable()
      table.string('role', 20).notNullable()
      table.string('password', 255).notNullable()
      table.bigInteger('registered').notNullable()
      byteExact(table, knex)
    })
    await knex.schema.createTable(database.table('sessions'), table => {
      // SHA-256 of the cookie's random id: a dump of this table opens no session.
      table.string('id_hash', 64).primary()
      table.string('user_id', 64).notNullable().index()
      table.bigInteger('expires').notNullable().index()
      byteExact(table, knex)
    })
  },
  async down(database, knex) {
    await knex.schema.dropTable(database.table('sessions'))
    await knex.schema.dropTable(database.table('users'))
  },
}
