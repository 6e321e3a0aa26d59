import { parseDate } from '../content/dates.ts'
import { ConnectError } from '../errors.ts'
import type { Values } from '../rest/arguments.ts'

/** Returns text that a client sends as such, or as `{ raw }` as it was read. */
export function rawText(values: Values, name: string): string | undefined {
  const value = values.any(name)
  if (typeof value !== 'object' || value === null) return values.text(name)
  const { raw } = value as { raw?: unknown }
  return typeof raw === 'string' ? raw : undefined
}

/**
 * Reads a date.
 *
 * @returns undefined if it was not sent, and null if null or nothing was sent
 * @throws ConnectError `rest_invalid_param`
 */
export function dateOf(values: Values, name: string, timeZone: string): Date | null | undefined {
  if (!values.has(name)) return undefined
  const text = values.text(name)
  if (values.any(name) === null || text === '') return null
  return parseDate(text ?? '', timeZone) ?? invalid(name, `${name} is not a date such as 2026-03-01T12:00:00.`)
}

/** Reads a date that limits a list. */
export const limitOf = (values: Values, name: string, timeZone: string): Date | undefined =>
  dateOf(values, name, timeZone) ?? undefined

/** @throws ConnectError `rest_invalid_param` about one parameter */
export function invalid(name: string, message: string, code = 'rest_invalid_date'): never {
  throw new ConnectError('rest_invalid_param', {
    message: `Invalid parameter(s): ${name}`,
    data: { params: { [name]: message }, details: { [name]: { code, message, data: null } } },
  })
}

/** Returns an object without its undefined members. */
export const defined = <T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never
