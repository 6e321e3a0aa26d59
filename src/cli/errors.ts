import type { ConnectError } from '../errors.ts'
import { appFile } from './app-file.ts'

/** Thrown if a command cannot do its work. The message says why, or what to do instead. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** Checks the name, because an app may have another copy of this package. */
const isConnectError = (thrown: unknown): thrown is ConnectError =>
  thrown instanceof Error && thrown.name === 'ConnectError'

/** Whether the site rejected something, as opposed to an outage. */
export const isRefusal = (thrown: unknown): thrown is ConnectError => isConnectError(thrown) && thrown.kind !== 'outage'

/** Returns one line for the person at the terminal. */
export function describeError(thrown: unknown): string {
  if (isConnectError(thrown) && thrown.code === 'database_unavailable') {
    return `The database cannot be used: ${messageOf(thrown.cause ?? thrown)}`
  }
  return messageOf(thrown)
}

/** Whether a table or column was missing, so that the site's tables are from an older version. */
export function isOutdated(thrown: unknown): boolean {
  if (!isConnectError(thrown)) return false
  const { code, message = '' } = (thrown.cause ?? {}) as { code?: string; message?: string }
  return OUTDATED.includes(code ?? '') || (code === 'SQLITE_ERROR' && /no such (table|column)/.test(message))
}

const OUTDATED = ['42P01', '42703', 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']

const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError]

/** Whether an error is a bug, whose stack should be shown. Errors of Node and of the drivers have a code. */
export const isBug = (thrown: unknown): boolean =>
  BUGS.some(each => thrown instanceof each) && !('code' in (thrown as Error))

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(String(thrown))
  const { message, name } = thrown
  const code = codeOf(thrown)
  if (code === 'EADDRINUSE') return portIsTaken(message)
  const path = (thrown as NodeJS.ErrnoException).path
  if (code in FILE_ERRORS) return `${FILE_ERRORS[code]}${path === undefined ? '.' : `: ${path}`}`
  if (code === 'ENOSPC') return 'No space is left on the device.'
  if (name === 'MigrationLocked') return LOCKED
  const driver = /^Knex: run\s+\$ npm install (\S+)/.exec(message)?.[1]
  if (driver) return `The driver of this database is not installed. Run: npm install ${driver}${otherDatabase(driver)}`
  // Node's error for a host with several addresses has an empty message.
  return oneLine(message) || code || name
}

/** The README installs better-sqlite3, and the default database needs sqlite3. An app chooses its database itself. */
function otherDatabase(driver: string): string {
  if (appFile !== null) return ''
  const example = driver === 'sqlite3' ? ', such as better-sqlite3:data/site.db' : ''
  return ` (or set DATABASE_URL to another database${example})`
}

const portIsTaken = (message: string): string =>
  appFile === null
    ? `Another program uses this port (${message}). Set PORT to a different one.`
    : `${appFile} starts a server, and its port is taken (${message}). --app needs a file that creates connect and does not listen: move app.listen() to another file.`

/** Replaces Node's messages such as "ENOENT: no such file or directory, open 'x'". */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'This file does not exist',
  EACCES: 'You are not allowed to read or write this file',
  EISDIR: 'This is a directory, not a file',
  ENOTDIR: 'A part of this path is a file, not a directory',
}

const LOCKED =
  'Another process is migrating the tables right now. Try again in a moment. If no process is, one was killed during a migration: ' +
  'run UPDATE connect_migrations_lock SET is_locked = 0 on the database, then try again.'

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown } | null)?.code ?? '')
const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ')
