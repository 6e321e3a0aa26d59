import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestFn } from 'ava'

/** ava's `test`, for what needs programs of the machine's. Without them it is skipped, but never on CI. */
export function testWith(...programs: string[]): TestFn {
  const missing = programs.filter(program => !pathOf(program))
  if (missing.length === 0 || process.env.CI === 'true') return test
  console.log(`Tests are skipped that need ${missing.join(', ')}.`)
  return test.skip as TestFn
}

/** The same, for what needs PostgreSQL too: the tests run with it where `TEST_DATABASE_URL` names one. */
export function testOnPostgres(...programs: string[]): TestFn {
  return process.env.TEST_DATABASE_URL?.startsWith('postgres') ? testWith(...programs) : (test.skip as TestFn)
}

/** Where Debian keeps a program that is not in everybody's PATH is looked at too. */
export function pathOf(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', ...postgresFolders()]
  return folders.map(folder => join(folder, program)).find(path => existsSync(path))
}

function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql'
  return existsSync(root) ? readdirSync(root).map(version => join(root, version, 'bin')) : []
}
