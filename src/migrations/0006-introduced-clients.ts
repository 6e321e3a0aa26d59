import { byteExact } from '../database/dialect.ts'
import type { Migration } from '../database/migrator.ts'

/** What belongs to clients that introduce themselves: their keys, what they proved themselves by, and copies of their documents. */
export const introducedClients: Migration = {
  name: '0006-introduced-clients',
  async up(database, knex) {
    await knex.schema.alterTable(database.table('oauth_clients'), table => {
      // The public keys of a client that proves itself by one. Null for all others.
      table.text('jwks')
    })
    await knex.schema.createTable(database.table('oauth_assertions'), table => {
      // SHA-256 of the client and the `jti`: each assertion is good once, in every process.
      table.string('hash', 43).primary()
      table.bigInteger('expires').notNullable().index()
      byteExact(table, knex)
    })
    await knex.schema.createTable(database.table('oauth_documents'), table => {
      table.string('client_id', 255).primary()
      // As it was last read, without what is not used.
      table.text('document').notNullable()
      table.bigInteger('fetched').notNullable().index()
      byteExact(table, knex)
    })
  },
  async down(database, knex) {
    for (const name of ['documents', 'assertions']) await knex.schema.dropTable(database.table(`oauth_${name}`))
    await knex.schema.alterTable(database.table('oauth_clients'), table => table.dropColumn('jwks'))
  },
}
