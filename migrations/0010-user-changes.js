// @ts-check
/**
 * What users' changes end: see `users/changes.ts`.
 *
 * @type {import('./index.js').Migration}
 */
export const userChangesTable = {
  name: '0010-user-changes',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('user_changes'), table => {
      table.string('user_id', 64).primary()
      // Random, and another one after each change. '' where there was none.
      table.string('mark', 43).notNullable()
      // Unix seconds, by which rows are swept.
      table.bigInteger('touched').notNullable().index()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('user_changes'))
  },
}
