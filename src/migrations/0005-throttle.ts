import { byteExact } from '../database/dialect.ts'
import type { Migration } from '../database/migrator.ts'

/** Failed attempts, for a site whose processes count them together. */
export const throttleTable: Migration = {
  name: '0005-throttle',
  async up(database, knex) {
    await knex.schema.createTable(database.table('throttle'), table => {
      // An HMAC of an address, a login or both, under a key of the site's secret: people type passwords into login fields.
      table.string('key', 22).primary()
      table.integer('points').notNullable()
      table.bigInteger('expires').notNullable().index()
      byteExact(table, knex)
    })
  },
  async down(database, knex) {
    await knex.schema.dropTable(database.table('throttle'))
  },
}
