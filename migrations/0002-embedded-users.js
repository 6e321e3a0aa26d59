// @ts-check
/**
 * Users and their sessions, for a site that has no users of its own.
 *
 * @type {import('./index.js').Migration}
 */
export const embeddedUsersTables = {
  name: '0002-embedded-users',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('users'), table => {
      table.bigIncrements('id')
      table.string('login', 60).notNullable()
      table.string('email', 100).notNullable()
      // Folded forms, so that users are found whatever letter case is typed.
      table.string('login_key', 60).notNullable().unique()
      table.string('email_key', 100).notNullable().unique()
      table.string('display_name', 250).notNullable()
      table.string('role', 20).notNullable()
      table.string('password', 255).notNullable()
      table.bigInteger('registered').notNullable()
      byteExact(table)
    })
    await knex.schema.createTable(named('sessions'), table => {
      // SHA-256 of the cookie's random id: a dump of this table cannot be used to log in.
      table.string('id_hash', 64).primary()
      table.string('user_id', 64).notNullable().index()
      table.bigInteger('expires').notNullable().index()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('sessions'))
    await knex.schema.dropTable(named('users'))
  },
}
