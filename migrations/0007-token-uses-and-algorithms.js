// @ts-check
/**
 * The number of uses of a token, and RS256 in addition to ES256. Existing rows keep their behaviour.
 *
 * @type {import('./index.js').Migration}
 */
export const tokenUsesAndAlgorithms = {
  name: '0007-token-uses-and-algorithms',
  async up({ table: named }, knex) {
    await knex.schema.alterTable(named('oauth_tokens'), table => {
      // For a code or refresh token: number of uses that got tokens or are being processed.
      table.integer('uses').notNullable().defaultTo(0)
    })
    await knex.schema.alterTable(named('oauth_clients'), table => {
      // Existing clients were given ES256 and may insist on it.
      table.string('id_token_alg', 10).notNullable().defaultTo('ES256')
    })
    await knex.schema.alterTable(named('oauth_signing_keys'), table => {
      // The RSA key that signs together with the other key of the row, encrypted in the same way. Null until it is created.
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
