import { byteExact } from '../database/dialect.ts'
import type { Migration } from '../database/migrator.ts'

/** What users' changes end: see `users/changes.ts`. */
export const userChangesTable: Migration = {
  name: '0010-user-changes',
  async up(database, knex) {
    await knex.schema.createTable(database.table('user_changes'), table => {
      table.string('user_id', 64).primary()
      // Random, and another one after each change. '' where there was none.
      table.string('mark', 43).notNullable()
      // Unix seconds, by which rows are swept.
      table.bigInteger('touched').notNullable().index()
      byteExact(table, knex)
    })
  },
  async down(database, knex) {
    await knex.schema.dropTable(database.table('user_changes'))
  },
}
