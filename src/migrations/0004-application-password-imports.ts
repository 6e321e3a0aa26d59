import { byteExact } from '../database/dialect.ts'
import type { Migration } from '../database/migrator.ts'

/** Which application passwords were imported, ever: one that was revoked since must not come back with the next import. */
export const applicationPasswordImportsTable: Migration = {
  name: '0004-application-password-imports',
  async up(database, knex) {
    await knex.schema.createTable(database.table('application_password_imports'), table => {
      table.string('uuid', 36).primary()
      byteExact(table, knex)
    })
  },
  async down(database, knex) {
    await knex.schema.dropTable(database.table('application_password_imports'))
  },
}
