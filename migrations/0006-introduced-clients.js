// @ts-check
/**
 * Data of clients that introduce themselves: their keys, their used assertions, and copies of their metadata documents.
 *
 * @type {import('./index.js').Migration}
 */
export const introducedClients = {
  name: '0006-introduced-clients',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.alterTable(named('oauth_clients'), table => {
      // The public keys of a client that authenticates with them. Null for all others.
      table.text('jwks')
    })
    await knex.schema.createTable(named('oauth_assertions'), table => {
      // SHA-256 of the client and the `jti`: each assertion can be used once, in all processes together.
      table.string('hash', 43).primary()
      table.bigInteger('expires').notNullable().index()
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_documents'), table => {
      table.string('client_id', 255).primary()
      // The last good version, without unsupported members.
      table.text('document').notNullable()
      table.bigInteger('fetched').notNullable().index()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    for (const name of ['documents', 'assertions']) await knex.schema.dropTable(named(`oauth_${name}`))
    await knex.schema.alterTable(named('oauth_clients'), table => table.dropColumn('jwks'))
  },
}
