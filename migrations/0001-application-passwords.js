// @ts-check
/**
 * One credential, one row: create, rename, use and revoke each touch only that row.
 *
 * @type {import('./index.js').Migration}
 */
export const applicationPasswordsTable = {
  name: '0001-application-passwords',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('application_passwords'), table => {
      table.bigIncrements('id')
      table.string('uuid', 36).notNullable().unique()
      table.string('user_id', 64).notNullable().index()
      table.string('app_id', 36).notNullable().defaultTo('')
      table.string('name', 200).notNullable()
      // The value that a request's password is found by. Null for an imported slow hash, until its first use.
      table.string('lookup', 64).unique()
      table.string('hash', 255).notNullable()
      // Unix seconds, as in WordPress.
      table.bigInteger('created').notNullable()
      table.bigInteger('last_used')
      table.string('last_ip', 45)
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('application_passwords'))
  },
}
