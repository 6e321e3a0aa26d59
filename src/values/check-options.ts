import type { z } from 'zod'
import { OptionsError } from '../errors.ts'

/**
 * @param caller name of the function whose options are checked
 * @throws OptionsError that names every bad option, its value and the expected value
 */
export function checkBy<T>(schema: z.ZodType<T>, options: unknown, caller: string): T {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const problems = result.error.issues.map(issue => {
    const isUnknown = issue.code === 'unrecognized_keys'
    const path = [...issue.path, ...(isUnknown ? [issue.keys.join(', ')] : [])].join('.') || 'options'
    if (issue.code === 'invalid_key') return `${path}: ${issue.issues[0]?.message}`
    if (isUnknown) return `${path}: unknown option`
    return `${path}: ${issue.message}${given(options, issue.path)}`
  })
  throw new OptionsError(`${caller}: ${problems.join('; ')}`)
}

/** Describes the given value. For a value that may be secret, or has no short form, it names only the kind. */
function given(options: unknown, path: PropertyKey[]): string {
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], options)
  const mayBeSecret = path.includes('secret') || path.includes('knex') || hasPassword(value)
  const isShort = !['object', 'function', 'undefined'].includes(typeof value) && !mayBeSecret
  return ` (given: ${isShort ? JSON.stringify(value) : kindOf(value)})`
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing'
  if (value instanceof URL) return `the URL ${value.protocol === 'file:' ? value.href : value.origin}`
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (Array.isArray(value)) return 'an array'
  return /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`
}

/** `https://user:password@example.com` */
const hasPassword = (value: unknown): boolean => typeof value === 'string' && /:\/\/[^/]*@/.test(value)
