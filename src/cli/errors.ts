import { ConnectError } from '../errors.ts'

/** A command that cannot do what it was asked; the message says why, or what to do instead. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** One line for the person at the terminal. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof ConnectError && thrown.code === 'database_unavailable') {
    return `The database cannot be used: ${messageOf(thrown.cause ?? thrown)}`
  }
  return messageOf(thrown)
}

/** Whether a table or column was missing: the site's tables are those of a version before. */
export function isOutdated(thrown: unknown): boolean {
  if (!(thrown instanceof ConnectError)) return false
  const { code, message = '' } = (thrown.cause ?? {}) as { code?: string; message?: string }
  return OUTDATED.includes(code ?? '') || (code === 'SQLITE_ERROR' && /no such (table|column)/.test(message))
}

const OUTDATED = ['42P01', '42703', 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']

const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError]

/** A slip in the program itself, whose stack is worth showing. The errors of Node and of the drivers have a code. */
export const isBug = (thrown: unknown): boolean =>
  BUGS.some(each => thrown instanceof each) && !('code' in (thrown as Error))

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(String(thrown))
  const { message, name } = thrown
  const code = codeOf(thrown)
  if (code === 'EADDRINUSE') return `Another program uses this port (${message}). Set PORT to a different one.`
  const path = (thrown as NodeJS.ErrnoException).path
  if (code in FILE_ERRORS) return `${FILE_ERRORS[code]}${path === undefined ? '.' : `: ${path}`}`
  if (code === 'ENOSPC') return 'No space is left on the device.'
  if (name === 'MigrationLocked') return LOCKED
  const driver = /^Knex: run\s+\$ (npm install \S+)/.exec(message)?.[1]
  if (driver)
    return `The driver of this database is not installed. Run: ${driver} (or set DATABASE_URL to another database)`
  // Node's error for several addresses of one host has no words of its own.
  return oneLine(message) || code || name
}

/** What Node says as "ENOENT: no such file or directory, open 'x'". */
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
