// @ts-check
/**
 * The user who registered a client. Null for the site itself.
 *
 * @type {import('./index.js').Migration}
 */
export const clientOwners = {
  name: '0011-client-owners',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_clients'), table => {
      table.string('owner_id', 64)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_clients'), table => {
      table.dropColumn('owner_id')
    })
  },
}
