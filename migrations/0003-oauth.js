// @ts-check
/**
 * Clients, what users granted them, their tokens, and what the protocol engine has to remember for a while.
 *
 * @type {import('./index.js').Migration}
 */
export const oauthTables = {
  name: '0003-oauth',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('oauth_clients'), table => {
      // Digits, as WordPress.com's.
      table.string('client_id', 255).primary()
      // SHA-256 of 256 random bits. Null: a public client.
      table.string('secret_hash', 43)
      table.string('name', 200).notNullable()
      table.text('description').notNullable()
      table.string('website', 500).notNullable()
      table.text('redirect_uris').notNullable()
      table.string('type', 10).notNullable()
      table.boolean('legacy').notNullable()
      table.boolean('self_registered').notNullable()
      table.bigInteger('created').notNullable()
      // Unix seconds of the newest approval: a registration without one is swept.
      table.bigInteger('last_authorized')
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_grants'), table => {
      // What Connected Apps calls it by.
      table.bigIncrements('id')
      // What its tokens name. A token is good only while this row is there: one that a request in flight writes after it
      // was taken away is dead.
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
      // The engine's own record of the grant.
      table.text('payload').notNullable()
      table.bigInteger('created').notNullable()
      table.bigInteger('last_used')
      table.string('last_ip', 45)
      byteExact(table)
    })
    await knex.schema.createTable(named('oauth_tokens'), table => {
      // SHA-256 of the token: a dump of this table opens nothing.
      table.string('hash', 43).primary()
      // `access`, `refresh` or `code`.
      table.string('kind', 10).notNullable()
      table.string('grant_id', 43).notNullable().index()
      table.text('scope').notNullable()
      table.text('audience')
      table.text('payload').notNullable()
      table.bigInteger('expires').notNullable().index()
      // Of a code or refresh token: when its one use was answered, in milliseconds.
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
      // One after the other, so that of two processes one makes the next.
      table.integer('number').primary()
      table.string('kid', 43).notNullable()
      // The private key, encrypted under a key of the site's secret.
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
