import test from 'ava'
import Database from 'better-sqlite3'
import { openDatabase } from '../../src/server/database.ts'
import { findSite } from '../../src/server/find-site.ts'
import { folderWith } from '../support/folder.ts'

test('a database that another process is just migrating is not taken for one of an app with its own users', async t => {
  const file = `${await folderWith(t, {})}/site.db`
  const other = new Database(file)
  const knex = openDatabase(`better-sqlite3:${file}`)
  t.teardown(() => knex.destroy())
  // The other process makes its tables between our questions.
  knex.once('query-response', () => {
    other.exec('create table connect_users (id integer); create table connect_application_password_imports (uuid text)')
  })
  t.not(await findSite(knex), 'own-users')
  t.is(await findSite(knex), 'embedded-users')
})
