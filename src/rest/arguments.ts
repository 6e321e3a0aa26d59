import { ConnectError } from '../errors.ts'
import { isUuid } from '../values/uuid.ts'

/** The part of JSON Schema (draft 4) that WordPress's REST arguments use here. */
export interface ArgumentSchema {
  description?: string
  type?: string
  format?: 'uuid' | 'date-time' | 'ip'
  enum?: readonly string[]
  default?: string | number
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  /** The schema of a list's items. */
  items?: ArgumentSchema
  oneOf?: readonly ArgumentSchema[]
  required?: boolean
  readonly?: boolean
  context?: readonly string[]
}

/** Selects the members of a response. Every GET route has this argument. */
export const CONTEXT: ArgumentSchema = { type: 'string', enum: ['view', 'embed', 'edit'], default: 'view' }

export type Arguments = Readonly<Record<string, ArgumentSchema>>
/** The checked values of the declared arguments that were sent. Numbers are decimal, lists separated by commas. */
export type Values = Readonly<Record<string, string>>

/** Parses a list. WordPress accepts an array, or text separated by commas or white space. */
export function parseList(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter(isScalar).map(String)
  if (typeof value === 'object' && value !== null) return parseList(Object.values(value))
  return isScalar(value)
    ? String(value)
        .split(/[\s,]+/)
        .filter(item => item !== '')
    : []
}

const isScalar = (value: unknown): value is string | number | boolean => /^(string|number|boolean)$/.test(typeof value)

/**
 * Checks the sent arguments against the declared ones, as WordPress does: first missing arguments, then all invalid values.
 * Undeclared arguments are ignored.
 *
 * @throws ConnectError `rest_missing_callback_param`, `rest_invalid_param` with `params` and `details` for each name
 */
export function checkArguments(declared: Arguments, sent: ReadonlyMap<string, unknown>): Values {
  const missing = Object.keys(declared).filter(name => declared[name]?.required && (sent.get(name) ?? null) === null)
  if (missing.length > 0) {
    const message = `Missing parameter(s): ${missing.join(', ')}`
    throw new ConnectError('rest_missing_callback_param', { message, data: { params: missing } })
  }
  const values: Record<string, string> = {}
  const wrong: Record<string, Problem> = {}
  for (const [name, schema] of Object.entries(declared)) {
    const value = sent.has(name) ? sent.get(name) : schema.default
    if (value === undefined) continue
    const problem = findProblem(name, schema, value)
    if (problem) wrong[name] = problem
    else values[name] = textOf(schema, value)
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong)
  return values
}

function textOf({ type }: ArgumentSchema, value: unknown): string {
  if (type === 'array') return parseList(value).join(',')
  return type === 'integer' ? String(Number(value)) : String(value)
}

interface Problem {
  code: string
  message: string
}

function invalid(wrong: Record<string, Problem>): ConnectError {
  const names = Object.keys(wrong)
  return new ConnectError('rest_invalid_param', {
    message: `Invalid parameter(s): ${names.join(', ')}`,
    data: {
      params: Object.fromEntries(names.map(name => [name, wrong[name]?.message])),
      details: Object.fromEntries(names.map(name => [name, { ...wrong[name], data: null }])),
    },
  })
}

function findProblem(name: string, schema: ArgumentSchema, value: unknown): Problem | undefined {
  if (schema.oneOf) {
    if (schema.oneOf.some(option => !findProblem(name, option, value))) return undefined
    return { code: 'rest_no_matching_schema', message: `${name} does not match any of the expected formats.` }
  }
  if (schema.type === 'integer') return findNumberProblem(name, schema, value)
  if (schema.type === 'array') return findListProblem(name, schema, value)
  if (typeof value !== 'string') return { code: 'rest_invalid_type', message: `${name} is not of type string.` }
  if (schema.enum && !schema.enum.includes(value)) {
    return { code: 'rest_not_in_enum', message: `${name} is not one of ${listOf(schema.enum)}.` }
  }
  const length = [...value].length
  if (schema.minLength !== undefined && length < schema.minLength) {
    return { code: 'rest_too_short', message: `${name} must be at least ${schema.minLength} character long.` }
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    return { code: 'rest_too_long', message: `${name} must be at most ${schema.maxLength} characters long.` }
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return { code: 'rest_invalid_pattern', message: `${name} does not match pattern ${schema.pattern}.` }
  }
  if (schema.format === 'uuid' && !isUuid(value)) {
    return { code: 'rest_invalid_uuid', message: `${name} is not a valid UUID.` }
  }
  return undefined
}

function findNumberProblem(name: string, { minimum, maximum }: ArgumentSchema, value: unknown): Problem | undefined {
  const number = typeof value === 'number' ? value : Number(typeof value === 'string' ? value.trim() || 'none' : 'none')
  if (!Number.isSafeInteger(number)) return { code: 'rest_invalid_type', message: `${name} is not of type integer.` }
  const isWithin = number >= (minimum ?? number) && number <= (maximum ?? number)
  if (isWithin) return undefined
  const bounds =
    maximum === undefined
      ? `greater than or equal to ${minimum}`
      : `between ${minimum} (inclusive) and ${maximum} (inclusive)`
  return { code: 'rest_out_of_bounds', message: `${name} must be ${bounds}` }
}

function findListProblem(name: string, { items }: ArgumentSchema, value: unknown): Problem | undefined {
  const isList = Array.isArray(value) || isScalar(value)
  if (!isList) return { code: 'rest_invalid_type', message: `${name} is not of type array.` }
  const list: unknown[] = Array.isArray(value) ? value : parseList(value)
  for (const [at, item] of list.entries()) {
    const problem = items && findProblem(`${name}[${at}]`, items, item)
    if (problem) return problem
  }
  return undefined
}

const listOf = (words: readonly string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(words)
