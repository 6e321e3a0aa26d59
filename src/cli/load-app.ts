import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Connect } from '../connect/connect-types.ts'
import { CliError, describeError, isBug } from './errors.ts'

/** The exports that an app's file may have, also as a CommonJS file is imported. */
interface Exports {
  connect?: unknown
  default?: { connect?: unknown; default?: unknown }
}

/**
 * Loads what an app's file exports: the result of its `createConnect()`, a promise of it, or a function that returns either.
 *
 * @throws CliError that says what is expected
 */
export async function loadApp(file: string): Promise<Connect> {
  const path = resolve(file)
  if (!existsSync(path)) throw new CliError(`This file does not exist: ${file}. ${EXPECTED}`)
  const exports = await load(file, pathToFileURL(path).href)
  for (const exported of [exports.connect, exports.default, exports.default?.connect, exports.default?.default]) {
    const connect = await (typeof exported === 'function' ? exported() : exported)
    if (isConnect(connect)) return connect
  }
  const names = Object.keys(exports)
  const found =
    names.length === 0 ? 'exports nothing' : `exports ${names.join(', ')}, but not the result of createConnect()`
  throw new CliError(`${file} ${found}. ${EXPECTED}`)
}

async function load(file: string, url: string): Promise<Exports> {
  try {
    return await import(url)
  } catch (thrown) {
    const isSyntaxError = thrown instanceof SyntaxError
    // For a bug in the app, the stack shows where it is. The stack of a syntax error does not.
    if (isBug(thrown) && !isSyntaxError) throw thrown
    const where = isSyntaxError ? ` (node ${file} shows where)` : ''
    throw new CliError(`${file} cannot be loaded: ${describeError(thrown)}${where}`)
  }
}

/** Checks the members, because the app may have another copy of this package. */
function isConnect(value: unknown): value is Connect {
  const { migrate, close, applicationPasswords, users } = (value ?? {}) as Partial<Connect>
  return typeof migrate === 'function' && typeof close === 'function' && Boolean(applicationPasswords && users)
}

const EXPECTED =
  '--app needs a file that exports the result of createConnect() as connect or as default: export const connect = await createConnect({ … }). ' +
  'A function that returns it works too.'
