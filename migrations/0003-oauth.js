// @ts-check
/**
 * Clients, grants, tokens, and the short-lived data of oidc-provider.
 *
 * @type {import('./index.js').Migration}
 */
export const oauthTables = {
  name: '0003-oauth',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('oauth_clients'), table => {
      // Digits, as on WordPress.com.
      table.string('client_id', 255).primary()
      // SHA-256 of 256 random bits. Null for a public client.
      table.string('secret_hash', 43)
      table.string('name', 200).notNullable()
      table.text('description').notNullable()
      table.string('website', 500).notNullable()
      table.text('redirect_uris').notNullable()
      table.string('type', 10).notNullable()
      table.boolean('legacy').notNullable()
      table.boolean('self_registered').notNullable()
      table.bigInteger('created').notNullable()
      // Unix seconds of the last authorization. Registrations without one are deleted after a while.
      table.bigInteger('last_authorized')
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_grants'), table => {
      // Identifies the grant in Connected Apps.
      table.bigIncrements('id')
      // Tokens refer to this id. A token is valid only while this row exists, so a token that is written after the grant
      // ended is worthless.
      table.string('grant_id', 43).notNullable().unique()
      table.string('user_id', 64).notNullable().index()
      table.string('client_id', 255).notNullable().index()
      // As the user saw them when they pressed Authorize.
      table.string('client_name', 200).notNullable()
      table.string('client_website', 500).notNullable()
      table.boolean('self_registered').notNullable()
      // `site`, `all` or `login`.
      table.string('access', 10).notNullable()
      table.string('site_id', 64).notNullable()
      table.string('site_url', 500).notNullable()
      table.string('site_name', 200).notNullable()
      table.text('scope').notNullable()
      // oidc-provider's own record of the grant.
      table.text('payload').notNullable()
      table.bigInteger('created').notNullable()
      table.bigInteger('last_used')
      table.string('last_ip', 45)
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_tokens'), table => {
      // SHA-256 of the token: a dump of this table contains no usable token.
      table.string('hash', 43).primary()
      // `access`, `refresh` or `code`.
      table.string('kind', 10).notNullable()
      table.string('grant_id', 43).notNullable().index()
      table.text('scope').notNullable()
      table.text('audience')
      table.text('payload').notNullable()
      table.bigInteger('expires').notNullable().index()
      // For a code or refresh token: when the response to its use was sent, in milliseconds.
      table.bigInteger('consumed')
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_interactions'), table => {
      table.string('hash', 43).primary()
      table.text('payload').notNullable()
      table.bigInteger('expires').notNullable().index()
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_signing_keys'), table => {
      // Consecutive, so that of two processes only one can add the next.
      table.integer('number').primary()
      table.string('kid', 43).notNullable()
      // The private key, encrypted with a key derived from the site's secret.
      table.text('sealed').notNullable()
      table.bigInteger('created').notNullable()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    for (const name of ['signing_keys', 'interactions', 'tokens', 'grants', 'clients'])
      await knex.schema.dropTable(named(`oauth_${name}`))
  },
}
