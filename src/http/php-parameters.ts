/** PHP's limits `max_input_vars` and `max_input_nesting_level`. Parameters beyond them are dropped. */
const MAX_PARAMETERS = 1000
const MAX_DEPTH = 64

/** PHP's array: a list and a map in one. `next` is the key that `[]` gets. */
interface PhpArray {
  entries: Map<string, PhpValue>
  next: number
}

type PhpValue = string | PhpArray

/**
 * Parses the parameters of a query string or form as PHP does: the last of repeated ones counts, `a[]=1&a[]=2` is a list
 * and `a[b]=1` a map.
 */
export function phpParameters(pairs: Iterable<readonly [string, string]>): Map<string, unknown> {
  const root = emptyArray()
  let count = 0
  for (const [name, value] of pairs) {
    if (++count > MAX_PARAMETERS) break
    const keys = keysOf(name)
    if (keys.length > 0 && keys.length <= MAX_DEPTH) put(root, keys, value)
  }
  return new Map([...root.entries].map(([name, value]) => [name, toJson(value)]))
}

const emptyArray = (): PhpArray => ({ entries: new Map(), next: 0 })

/** Splits `a[b][]` into a, b and '' (the next key). After an unclosed bracket, the rest is part of the name. */
function keysOf(name: string): string[] {
  const start = name.indexOf('[', 1)
  const isNested = start > 0 && name.indexOf(']', start) > 0
  const first = (isNested ? name.slice(0, start) : name).trimStart().replace(/[ .]/g, '_')
  if (first === '') return []
  const keys = [first]
  for (let at = isNested ? start : -1; at >= 0 && name[at] === '['; ) {
    const end = name.indexOf(']', at)
    if (end < 0) break
    keys.push(name.slice(at + 1, end))
    if (keys.length > MAX_DEPTH) break
    at = end + 1
  }
  return keys
}

function put(root: PhpArray, keys: readonly string[], value: string): void {
  let array = root
  for (const [at, given] of keys.entries()) {
    const key = given === '' ? String(array.next) : given
    if (/^\d{1,9}$/.test(key)) array.next = Math.max(array.next, Number(key) + 1)
    if (at === keys.length - 1) array.entries.set(key, value)
    else {
      const inner = array.entries.get(key)
      const next = typeof inner === 'object' ? inner : emptyArray()
      array.entries.set(key, next)
      array = next
    }
  }
}

function toJson(value: PhpValue): unknown {
  if (typeof value === 'string') return value
  const entries = [...value.entries].map(([key, inner]) => [key, toJson(inner)] as const)
  const isList = entries.every(([key], at) => key === String(at))
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}
