// @ts-check
/**
 * The user of a pending authorization request: the number per user is limited.
 *
 * @type {import('./index.js').Migration}
 */
export const pendingRequestsOfUsers = {
  name: '0009-pending-requests',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_interactions'), table => {
      // '' for an existing row, which expires within an hour.
      table.string('user_id', 64).notNullable().defaultTo('').index()
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_interactions'), table => {
      table.dropIndex('user_id')
      table.dropColumn('user_id')
    })
  },
}
