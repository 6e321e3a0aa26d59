// @ts-check
/**
 * How often a token was used, and RS256 beside ES256. Rows of before go on as they were.
 *
 * @type {import('./index.js').Migration}
 */
export const tokenUsesAndAlgorithms = {
  name: '0007-token-uses-and-algorithms',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_tokens'), table => {
      // Of a code or refresh token: uses that were answered with tokens, or are under way.
      table.integer('uses').notNullable().defaultTo(0)
    })
    await knex.schema.alterTable(named('oauth_clients'), table => {
      // Clients of before were given ES256, and may insist on it.
      table.string('id_token_alg', 10).notNullable().defaultTo('ES256')
    })
    await knex.schema.alterTable(named('oauth_signing_keys'), table => {
      // The RSA key that signs while the other key of the row does, encrypted as that one. Null: not made yet.
      table.text('sealed_rsa')
    })
  },
  async down({ table: named }, knex) {
    const drop = (/** @type {string} */ name, /** @type {string} */ column) =>
      knex.schema.alterTable(named(name), table => table.dropColumn(column))
    await drop('oauth_signing_keys', 'sealed_rsa')
    await drop('oauth_clients', 'id_token_alg')
    await drop('oauth_tokens', 'uses')
  },
}
