import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestFn } from 'ava'

/** ava's `test`, for what needs programs of the machine's. Without them it is skipped, but never on CI. */
export function testWith(...programs: string[]): TestFn {
  const missing = programs.filter(program => !isThere(program))
  if (missing.length === 0 || process.env.CI === 'true') return test
  console.log(`Tests are skipped that need ${missing.join(', ')}.`)
  return test.skip as TestFn
}

function isThere(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin']
  return folders.some(folder => existsSync(join(folder, program)))
}
