// @ts-check
/**
 * All application passwords that were ever imported: one that was revoked since must not return with the next import.
 *
 * @type {import('./index.js').Migration}
 */
export const applicationPasswordImportsTable = {
  name: '0004-application-password-imports',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('application_password_imports'), table => {
      table.string('uuid', 36).primary()
      byteExact(table)
    })
  },
  async down({ table: named }, knex) {
    await knex.schema.dropTable(named('application_password_imports'))
  },
}
