import type { Migration } from '../database/migrator.ts'

/** Whose a pending request is: of each user's, so many are kept. */
export const pendingRequestsOfUsers: Migration = {
  name: '0009-pending-requests',
  async up(database, knex) {
    await knex.schema.alterTable(database.table('oauth_interactions'), table => {
      // '' for one of before, which has an hour at most.
      table.string('user_id', 64).notNullable().defaultTo('').index()
    })
  },
  async down(database, knex) {
    await knex.schema.alterTable(database.table('oauth_interactions'), table => {
      table.dropIndex('user_id')
      table.dropColumn('user_id')
    })
  },
}
