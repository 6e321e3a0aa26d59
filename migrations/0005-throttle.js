// @ts-check
/**
 * Failed attempts, for a site whose processes count them together.
 *
 * @type {import('./index.js').Migration}
 */
export const throttleTable = {
  name: '0005-throttle',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('throttle'), table => {
      // An HMAC of an address, a login or both, with a key derived from the site's secret: people type passwords into login
      // fields.
      table.string('key', 22).primary()
      table.integer('points').notNullable()
      table.bigInteger('expires').notNullable().index()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('throttle'))
  },
}
