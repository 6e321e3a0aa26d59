import type { Migration } from '../database/migrator.ts'

/** When the user of a session logged in: applications may ask for a fresh log-in, and ID tokens say it. */
export const logInTimes: Migration = {
  name: '0008-log-in-times',
  async up(database, knex) {
    await knex.schema.alterTable(database.table('sessions'), table => {
      // Milliseconds since 1970. Null: the session is older than this column.
      table.bigInteger('logged_in')
    })
  },
  async down(database, knex) {
    await knex.schema.alterTable(database.table('sessions'), table => {
      table.dropColumn('logged_in')
    })
  },
}
