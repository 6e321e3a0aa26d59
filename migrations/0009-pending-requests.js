// @ts-check
/**
 * Whose a pending request is: of each user's, so many are kept.
 *
 * @type {import('./index.js').Migration}
 */
export const pendingRequestsOfUsers = {
  name: '0009-pending-requests',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_interactions'), table => {
      // '' for one of before, which has an hour at most.
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
