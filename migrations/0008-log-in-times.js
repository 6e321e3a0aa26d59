// @ts-check
/**
 * When the user of a session logged in. Applications may require a recent login, and ID tokens contain the time.
 *
 * @type {import('./index.js').Migration}
 */
export const loginTimes = {
  name: '0008-log-in-times',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('sessions'), table => {
      // Milliseconds since 1970. Null for a session that is older than this column.
      table.bigInteger('logged_in')
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.alterTable(named('sessions'), table => {
      table.dropColumn('logged_in')
    })
  },
}
