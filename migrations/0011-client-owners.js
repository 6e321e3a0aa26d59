// @ts-check
/**
 * The user who registered a client, null for the site itself; and whether that user managed only their own clients then,
 * which counts after the user is deleted.
 *
 * @type {import('./index.js').Migration}
 */
export const clientOwners = {
  name: '0011-client-owners',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_clients'), table => {
      table.string('owner_id', 64)
      table.boolean('unverified').notNullable().defaultTo(false)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_clients'), table => {
      table.dropColumn('owner_id')
      table.dropColumn('unverified')
    })
  },
}
