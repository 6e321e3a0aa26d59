// @ts-check
/**
 * Numbers of ids that are not integers. WordPress's clients know no others.
 *
 * @type {import('./index.js').Migration}
 */
export const contentIdsTable = {
  name: '0013-content-ids',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('content_ids'), table => {
      table.increments('id')
      table.string('kind', 20).notNullable()
      table.string('host_id', 190).notNullable()
      table.unique(['kind', 'host_id'])
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('content_ids'))
  },
}
