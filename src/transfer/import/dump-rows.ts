import { createSqlLexer, type Kind, unreadable } from './sql-lexer.ts'

/** A row of a dump, with each value as text. SQL's NULL is ''. */
export interface DumpRow {
  table: string
  values: Record<string, string>
}

/** The state of the parser: what it expects next. */
type State = (kind: Exclude<Kind, 'end'>) => State

/**
 * Finds the rows of some tables in a MySQL dump that arrives in pieces. The columns come from CREATE TABLE or the INSERT.
 * Statements about other tables are skipped.
 *
 * @param wanted names of tables
 * @param onRow called for each row
 */
export function createDumpRows(wanted: readonly string[], onRow: (row: DumpRow) => void) {
  const lexer = createSqlLexer()
  const columnsOf = new Map<string, string[]>()
  const found = new Set<string>()
  const otherUsers = new Set<string>()
  /** The table of the current statement. */
  let table = ''
  let columns: string[] = []
  let values: string[] = []
  let depth = 0

  const word = () => lexer.raw().toUpperCase()
  const nameOf = (kind: Kind) => (kind === 'word' ? lexer.raw() : lexer.value())

  const statement: State = kind => {
    if (lexer.is(';')) return statement
    if (kind !== 'word') return rest
    if (word() === 'DELIMITER') return routine
    if (word() === 'CREATE') return create
    return word() === 'INSERT' || word() === 'REPLACE' ? insert : rest
  }

  /** Skips to the end of a statement. */
  const rest: State = () => (lexer.is(';') ? statement : rest)

  /** Routines with statements of their own are between DELIMITER and DELIMITER ; */
  const routine: State = kind => (kind === 'word' && word() === 'DELIMITER' ? rest : routine)

  const create: State = kind => {
    if (lexer.is(';')) return statement
    if (kind === 'word' && word() === 'TABLE') return createName
    return kind === 'word' && word() === 'TEMPORARY' ? create : rest
  }
  const createName: State = kind => {
    if (lexer.is(';')) return statement
    if (lexer.is('(')) {
      if (!wanted.includes(table)) {
        if (/_users$/.test(table)) otherUsers.add(table)
        return rest
      }
      if (columnsOf.has(table)) throw twice(table)
      columns = []
      columnsOf.set(table, columns)
      found.add(table)
      depth = 1
      return column
    }
    // IF NOT EXISTS `database`.`table`: the last name counts.
    if (kind !== 'mark') table = lastOf(nameOf(kind))
    return createName
  }

  /** The first word of each line of CREATE TABLE: a column, or a key. */
  const column: State = kind => {
    if (kind === 'name' || (kind === 'word' && !KEYS.includes(word()))) columns.push(nameOf(kind))
    return definition
  }
  const definition: State = () => {
    if (lexer.is('(')) depth++
    else if (lexer.is(')')) depth--
    if (depth === 0) return rest
    return depth === 1 && lexer.is(',') ? column : definition
  }

  const insert: State = kind => {
    if (lexer.is(';')) return statement
    if (lexer.is('(')) {
      columns = []
      return wanted.includes(table) ? listed : rest
    }
    if (kind === 'word' && /^VALUES?$/.test(word())) {
      if (!wanted.includes(table)) return rest
      columns = columnsOf.get(table) ?? []
      if (columns.length === 0) throw unreadable(`The dump does not name the columns of ${table}.`)
      return tuples
    }
    if (kind !== 'mark' && !INSERT_WORDS.includes(word())) table = lastOf(nameOf(kind))
    return insert
  }
  const listed: State = kind => {
    if (lexer.is(')')) return afterListed
    if (kind !== 'mark') columns.push(nameOf(kind))
    return listed
  }
  const afterListed: State = kind => (kind === 'word' && /^VALUES?$/.test(word()) ? tuples : rest)

  const tuples: State = () => {
    found.add(table)
    if (lexer.is('(')) {
      values = []
      return value
    }
    if (lexer.is(',')) return tuples
    return lexer.is(';') ? statement : rest
  }
  const value: State = kind => {
    // _binary 'text', _utf8mb4 'text'
    if (kind === 'word' && lexer.raw().startsWith('_')) return value
    if (kind === 'mark') throw unreadable(`A row of ${table} in the dump does not consist of plain values.`)
    if (kind === 'word') values.push(plain(lexer.raw()))
    else values.push(utf8(lexer.value()))
    return afterValue
  }
  const afterValue: State = () => {
    if (lexer.is(',')) return value
    if (!lexer.is(')') || values.length !== columns.length) {
      throw unreadable(`A row of ${table} in the dump does not fit its columns.`)
    }
    onRow({ table, values: Object.fromEntries(columns.map((name, i) => [name, values[i] ?? ''])) })
    return tuples
  }

  let state: State = statement

  function work(): void {
    for (let kind = lexer.next(); kind !== null && kind !== 'end'; kind = lexer.next()) state = state(kind)
  }

  return {
    push(bytes: Buffer): void {
      lexer.push(bytes.toString('latin1'))
      work()
    },
    /** @throws ConnectError `wordpress_unreadable` if the dump ends within or between the rows of a statement */
    complete(): void {
      lexer.complete()
      work()
      if ([tuples, value, afterValue].includes(state)) throw unreadable(`The dump is cut off in the rows of ${table}.`)
    },
    /** Users tables with other prefixes. */
    otherUsers,
    hasTable: (name: string): boolean => found.has(name),
  }
}

const KEYS = ['PRIMARY', 'KEY', 'UNIQUE', 'INDEX', 'FULLTEXT', 'SPATIAL', 'CONSTRAINT', 'FOREIGN', 'CHECK']
const INSERT_WORDS = ['INTO', 'IGNORE', 'LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY']

/** Returns the last part of an unquoted `database.table`. */
const lastOf = (name: string) => name.slice(name.lastIndexOf('.') + 1)

const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8')

/** Parses a value without quotes: a number, NULL, or hexadecimal bytes. */
function plain(word: string): string {
  if (/^null$/i.test(word)) return ''
  const isHexadecimal = word.length % 2 === 0 && /^0x[0-9a-f]*$/i.test(word)
  return isHexadecimal ? Buffer.from(word.slice(2), 'hex').toString('utf8') : word
}

const twice = (table: string) =>
  unreadable(
    `The dump contains the table ${table} twice, from several databases. Make a dump of only WordPress’s database.`,
  )
