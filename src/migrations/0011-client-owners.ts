import type { Migration } from '../database/migrator.ts'

/** Who registered a client. Null: the site itself. */
export const clientOwners: Migration = {
  name: '0011-client-owners',
  async up(database, knex) {
    await knex.schema.alterTable(database.table('oauth_clients'), table => {
      table.string('owner_id', 64)
    })
  },
  async down(database, knex) {
    await knex.schema.alterTable(database.table('oauth_clients'), table => {
      table.dropColumn('owner_id')
    })
  },
}
