import type { Knex } from 'knex'
import { rowsOf } from '../../database/dialect.ts'
import { SkipUser } from '../result.ts'

interface Column {
  charset: string
  /** In characters. */
  maxLength: number
}

/** The text columns of a WordPress, by `table.column`. */
export type Columns = ReadonlyMap<string, Column>

const COLUMNS = `
  SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName, CHARACTER_SET_NAME AS charset,
    CHARACTER_MAXIMUM_LENGTH AS maxLength
  FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?, ?) AND CHARACTER_SET_NAME IS NOT NULL`

export async function readColumns(knex: Knex, tables: readonly [string, string]): Promise<Columns> {
  const found = rowsOf<Column & { tableName: string; columnName: string }>(await knex.raw(COLUMNS, tables))
  return new Map(
    found.map(({ tableName, columnName, charset, maxLength }) => [
      `${tableName}.${columnName}`,
      { charset, maxLength: Number(maxLength) },
    ]),
  )
}

/**
 * Rejects text that a column would change. A server without strict mode replaces unsupported characters by "?" and cuts off
 * long text. Serialized text then has wrong lengths, and PHP would read one value's text as the next value. In columns that
 * are neither utf8mb4 nor utf8mb3, anything but ASCII may change on the way to PHP, by the charset of WordPress's own
 * connection.
 *
 * @throws SkipUser
 */
export function checkFits(columns: Columns, table: string, row: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(row)) {
    const column = columns.get(`${table}.${name}`)
    if (!column || typeof value !== 'string') continue
    const named = `WordPress’s column ${table}.${name}`
    const foreign = [...value].find(character => !holds(column.charset, character))
    if (foreign !== undefined) {
      const which = `"${foreign.toWellFormed()}" (U+${codeOf(foreign)})`
      throw new SkipUser(
        `${named} has the character set ${column.charset} and cannot store ${which}. Convert the table to utf8mb4, or change the value.`,
      )
    }
    if ([...value].length > column.maxLength) {
      throw new SkipUser(
        `${named} stores at most ${column.maxLength} characters, but "${value.slice(0, 100)}" is longer.`,
      )
    }
  }
}

function holds(charset: string, character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (charset === 'utf8mb4') return character.isWellFormed()
  if (charset === 'utf8mb3' || charset === 'utf8') return character.isWellFormed() && code <= 0xffff
  return code <= 0x7f
}

const codeOf = (character: string) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
