import { parseList } from './arguments.ts'

/** Names of the requested members, each with the requested members below it. An empty map requests everything below. */
type Fields = Map<string, Fields>

/** Picks the members of a REST response that `_fields` requests: `_fields=name,_links.self`, or `_fields[]=name`. */
export function pickFields(body: unknown, asked: unknown): unknown {
  const fields: Fields = new Map()
  for (const path of parseList(asked)) if (path.trim() !== '') addPath(fields, path.trim().split('.', MAX_DEPTH))
  if (fields.size === 0) return body
  return Array.isArray(body) ? body.map(item => pick(item, fields)) : pick(body, fields)
}

/** No response is this deep. Deeper paths would cost stack and memory for nothing. */
const MAX_DEPTH = 32

function addPath(fields: Fields, [name = '', ...below]: string[]): void {
  const known = fields.get(name)
  // The whole member is requested already.
  if (known?.size === 0) return
  const next: Fields = known ?? new Map()
  if (below.length > 0) addPath(next, below)
  else next.clear()
  fields.set(name, next)
}

function pick(value: unknown, fields: Fields): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const picked = Object.entries(value).flatMap(([name, member]) => {
    const below = fields.get(name)
    return below ? [[name, below.size === 0 ? member : pick(member, below)] as const] : []
  })
  return Object.fromEntries(picked)
}
