import { ConnectError } from '../errors.ts'

/** A command that cannot do what it was asked; the message says why, or what to do instead. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** One line for the person at the terminal. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof ConnectError && thrown.code === 'database_unavailable') {
    return databaseError(wordsOf(thrown.cause ?? thrown))
  }
  return isFromDatabase(thrown) ? databaseError(wordsOf(thrown)) : wordsOf(thrown)
}

const databaseError = (words: string) => `The database cannot be used: ${words}`

/** By the codes of SQLite, MariaDB and PostgreSQL (five characters), and of the network: nothing else is connected to. */
const isFromDatabase = (thrown: unknown): boolean =>
  /^(SQLITE_|ER_|ECONN|ENOTFOUND|EAI_|ETIMEDOUT|E(HOST|NET)UNREACH|(?!E)[0-9A-Z]{5}$)/.test(codeOf(thrown))

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown } | null)?.code ?? '')

const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError]

/** A slip in the program itself, whose stack is worth showing. The errors of Node and of the drivers have a code. */
export const isBug = (thrown: unknown): boolean =>
  BUGS.some(each => thrown instanceof each) && !('code' in (thrown as Error))

function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(String(thrown))
  const { message, name } = thrown
  const code = codeOf(thrown)
  if (code === 'EADDRINUSE') return `The port is taken by another program (${message}). Set PORT to another.`
  if (name === 'MigrationLocked') return 'Another process is changing the tables right now. Try again in a moment.'
  const driver = /^Knex: run\s+\$ (npm install \S+)/.exec(message)?.[1]
  if (driver) return `The driver of this database is not installed. Run: ${driver}`
  // Node's error for several addresses of one host has no words of its own.
  return oneLine(withoutStatement(message)) || code || name
}

/** Knex puts the statement with its values before the driver's own words; values belong on no screen. */
function withoutStatement(message: string): string {
  const end = STATEMENT.test(message) ? message.lastIndexOf(' - ') : -1
  return end < 0 ? message : message.slice(end + 3)
}

const STATEMENT = /^(select|insert|update|delete|create|alter|drop|begin|commit|pragma)\b/i
const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ')
