import test from 'ava'
import { chooseApp } from '../../src/cli/app-file.ts'
import { describeError } from '../../src/cli/errors.ts'

/** What Knex throws, after it has printed the same. */
const missing = (driver: string) =>
  new Error(`Knex: run\n$ npm install ${driver} --save\nCannot find module '${driver}'`)

test.afterEach(() => chooseApp(undefined, undefined))

test.serial('a missing driver is named, with another database that does without it', t => {
  t.is(
    describeError(missing('sqlite3')),
    'The driver of this database is not installed. Run: npm install sqlite3 (or set DATABASE_URL to another database, such as better-sqlite3:data/site.db)',
  )
  t.is(
    describeError(missing('pg')),
    'The driver of this database is not installed. Run: npm install pg (or set DATABASE_URL to another database)',
  )
})

test.serial('with --app, a missing driver is named without DATABASE_URL, which the app may not read', t => {
  chooseApp('./connect.ts', undefined)
  t.is(describeError(missing('sqlite3')), 'The driver of this database is not installed. Run: npm install sqlite3')
})
