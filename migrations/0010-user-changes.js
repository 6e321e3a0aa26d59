// @ts-check
/**
 * Marks by which concurrent changes of a user are detected: see `users/user-changes.ts`.
 *
 * @type {import('./index.js').Migration}
 */
export const userChangesTable = {
  name: '0010-user-changes',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('user_changes'), table => {
      table.string('user_id', 64).primary()
      // Random, and a new one after each change. '' if there was no change yet.
      table.string('mark', 43).notNullable()
      // Unix seconds, by which old rows are deleted.
      table.bigInteger('touched').notNullable().index()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('user_changes'))
  },
}
