import { ConnectError } from '../errors.ts'
import { isUuid } from '../values/uuid.ts'

/** The part of JSON Schema (draft 4) that WordPress's REST arguments use here. */
export interface ArgumentSchema {
  description?: string
  /** One of JSON Schema's types, or several of them. */
  type?: string | readonly string[]
  format?: 'uuid' | 'date-time' | 'ip' | 'uri'
  enum?: readonly string[]
  default?: string | number | boolean | readonly string[]
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  /** The schema of a list's items. */
  items?: ArgumentSchema
  oneOf?: readonly ArgumentSchema[]
  /** The schemas of an object's members. */
  properties?: Arguments
  required?: boolean
  readonly?: boolean
  context?: readonly string[]
}

/** Selects the members of a response. Every GET route has this argument. */
export const CONTEXT: ArgumentSchema = { type: 'string', enum: ['view', 'embed', 'edit'], default: 'view' }

export type Arguments = Readonly<Record<string, ArgumentSchema>>
/** The checked values of the declared arguments that were sent or have defaults. */
export class Values {
  readonly #values: ReadonlyMap<string, unknown>

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Returns a copy with another value. */
  with(name: string, value: unknown): Values {
    return new Values(new Map([...this.#values, [name, value]]))
  }

  /** Returns the value of an argument of several types. */
  any(name: string): unknown {
    return this.#values.get(name)
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name)
    return isScalar(value) ? String(value) : undefined
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name)
    return typeof value === 'number' ? value : undefined
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values.get(name)
    return typeof value === 'boolean' ? value : undefined
  }

  /** Returns the items of a list; an empty one if it was not sent. */
  list(name: string): readonly string[] {
    return parseList(this.#values.get(name))
  }

  numbers(name: string): readonly number[] {
    return this.list(name).map(Number)
  }
}

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
  const values = new Map<string, unknown>()
  const wrong: Record<string, Problem> = {}
  for (const [name, schema] of Object.entries(declared)) {
    const value = sent.has(name) ? sent.get(name) : schema.default
    if (value === undefined) continue
    const problem = findProblem(name, schema, value)
    if (problem) wrong[name] = problem
    else values.set(name, convert(schema, value))
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong)
  return new Values(values)
}

/** Converts text of a query or form to the type of the argument, as WordPress does. */
function convert(schema: ArgumentSchema, value: unknown): unknown {
  const type = typeOf(schema, value)
  if (type === 'array') return parseList(value)
  if (type === 'integer') return Number(value)
  if (type === 'boolean') return TRUE.has(value)
  return value
}

const TRUE = new Set<unknown>([true, 1, '1', 'true', 'TRUE', 'True'])
const FALSE = new Set<unknown>([false, 0, '0', '', 'false', 'FALSE', 'False'])

/** Of several types, returns the first one that the value has. */
function typeOf({ type }: ArgumentSchema, value: unknown): string | undefined {
  if (type === undefined || typeof type === 'string') return type
  return type.find(each => !findProblem('', { type: each }, value)) ?? type[0]
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
  const type = typeOf(schema, value)
  if (type === 'null') return value === null ? undefined : wrongType(name, 'null')
  if (type === 'integer') return findNumberProblem(name, schema, value)
  if (type === 'boolean') return TRUE.has(value) || FALSE.has(value) ? undefined : wrongType(name, 'boolean')
  if (type === 'array') return findListProblem(name, schema, value)
  if (type === 'object') return findObjectProblem(name, schema, value)
  if (typeof value !== 'string') return wrongType(name, 'string')
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

const wrongType = (name: string, type: string): Problem => ({
  code: 'rest_invalid_type',
  message: `${name} is not of type ${type}.`,
})

/** PHP writes an empty object as an empty list, and so do its clients. */
function findObjectProblem(name: string, { properties = {} }: ArgumentSchema, value: unknown): Problem | undefined {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrongType(name, 'object')
  for (const [member, schema] of Object.entries(properties)) {
    const given = (value as Record<string, unknown>)[member]
    const problem = given === undefined ? undefined : findProblem(`${name}[${member}]`, schema, given)
    if (problem) return problem
  }
  return undefined
}

function findNumberProblem(name: string, { minimum, maximum }: ArgumentSchema, value: unknown): Problem | undefined {
  const number = typeof value === 'number' ? value : Number(typeof value === 'string' ? value.trim() || 'none' : 'none')
  if (!Number.isSafeInteger(number)) return wrongType(name, 'integer')
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
  if (!isList) return wrongType(name, 'array')
  const list: unknown[] = Array.isArray(value) ? value : parseList(value)
  for (const [at, item] of list.entries()) {
    const problem = items && findProblem(`${name}[${at}]`, items, item)
    if (problem) return problem
  }
  return undefined
}

const listOf = (words: readonly string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(words)
