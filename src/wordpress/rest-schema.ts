import { ConnectError } from '../errors.ts'
import { isUuid } from '../uuid.ts'

/** The part of JSON Schema (draft 4) that WordPress's REST arguments use here. */
export interface ArgumentSchema {
  description?: string
  type?: string
  format?: 'uuid' | 'date-time' | 'ip'
  enum?: readonly string[]
  default?: string
  minLength?: number
  maxLength?: number
  pattern?: string
  oneOf?: readonly ArgumentSchema[]
  required?: boolean
  readonly?: boolean
  context?: readonly string[]
}

/** Which members an answer has, as every route that reads takes it. */
export const CONTEXT: ArgumentSchema = { type: 'string', enum: ['view', 'embed', 'edit'], default: 'view' }

export type Arguments = Readonly<Record<string, ArgumentSchema>>
/** Values of the declared arguments that were sent, checked. */
export type Values = Readonly<Record<string, string>>

/**
 * Checks what was sent against what is declared, as WordPress does: first what is missing, then every value that is wrong.
 * Anything not declared is ignored.
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
    else values[name] = value as string
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong)
  return values
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
    return { code: 'rest_no_matching_schema', message: `${name} is none of the forms that are allowed.` }
  }
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

const listOf = (words: readonly string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(words)
