import { type Command, Option } from 'commander'
import { csvLine } from './csv.ts'
import { CliError } from './errors.ts'
import { printable } from './printable.ts'
import { drawTable } from './table.ts'

export type Value = string | number | boolean | null | readonly string[]
/** An item to show: the value of each field. */
export type Item = Readonly<Record<string, Value>>

/** The kind of an item. */
export interface Kind {
  /** In the order of the columns. */
  fields: readonly string[]
  /** The field that `--format=ids` shows. */
  id: string
  /** May be left out of a field's name: `--field=login` means `user_login`. */
  prefix?: string
}

export interface OutputOptions {
  field?: string
  fields?: string
  format: (typeof LIST_FORMATS)[number]
}

/** The formats of a list, and of a single item. */
export const LIST_FORMATS = ['table', 'csv', 'json', 'count', 'ids'] as const
export const ITEM_FORMATS = ['table', 'csv', 'json'] as const

/** Adds `--field`, `--fields` and `--format`. */
export function withOutputOptions(command: Command, formats: readonly OutputOptions['format'][]): Command {
  return command
    .option('--field <field>', 'show only the value of this field')
    .option('--fields <fields>', 'show only these fields, separated by commas')
    .addOption(new Option('--format <format>', 'output format').choices(formats).default('table'))
}

/** Returns the lines that show a list: one item per row. */
export function formatItems(items: readonly Item[], kind: Kind, options: OutputOptions): string[] {
  const fields = fieldsToShow(kind, options)
  if (options.field !== undefined) return formatField(items, fields[0] ?? '', options)
  if (options.format === 'count') return [String(items.length)]
  if (options.format === 'ids') return [items.map(item => text(item[kind.id])).join(' ')]
  if (options.format === 'json') return [json(items.map(item => pick(item, fields)))]
  const rows = items.map(item => fields.map(field => text(item[field])))
  return formatRows(fields, rows, options)
}

/** Returns the lines that show a single item: one field per row. */
export function formatItem(item: Item, kind: Kind, options: OutputOptions): string[] {
  const fields = fieldsToShow(kind, options)
  if (options.field !== undefined) {
    const value = item[fields[0] ?? '']
    return [options.format === 'json' ? json(value) : formatValue(value, options)]
  }
  if (options.format === 'json') return [json(pick(item, fields))]
  const rows = fields.map(field => [field, text(item[field])])
  return formatRows(['Field', 'Value'], rows, options)
}

function formatField(items: readonly Item[], field: string, options: OutputOptions): string[] {
  const values = items.map(item => item[field] ?? null)
  return options.format === 'json' ? [json(values)] : values.map(value => formatValue(value, options))
}

const formatValue = (value: Value | undefined, { format }: OutputOptions): string =>
  format === 'csv' ? csvLine([text(value)]) : text(value)

function formatRows(head: readonly string[], rows: readonly string[][], { format }: OutputOptions): string[] {
  return format === 'csv' ? [head, ...rows].map(csvLine) : drawTable(head, rows)
}

/** @throws CliError that lists the valid fields */
function fieldsToShow({ fields, prefix = '' }: Kind, options: OutputOptions): string[] {
  const wanted = options.field ?? options.fields
  if (wanted === undefined) return [...fields]
  const names = options.field === undefined ? wanted.split(',').map(name => name.trim()) : [wanted]
  return names.map(name => {
    const found = [name, prefix + name].find(each => fields.includes(each))
    if (!found) throw new CliError(`Invalid field: ${name}. The fields are ${fields.join(', ')}.`)
    return found
  })
}

const pick = (item: Item, fields: readonly string[]): Item =>
  Object.fromEntries(fields.map(field => [field, item[field] ?? null]))

/** Several values are separated by spaces. */
const text = (value: Value | undefined): string =>
  printable(Array.isArray(value) ? value.join(' ') : String(value ?? ''))
const json = (value: unknown): string => printable(JSON.stringify(value))
