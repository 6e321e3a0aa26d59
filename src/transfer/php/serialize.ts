import type { PhpValue } from './value.ts'

/** Serializes a value like PHP's `serialize()`, so that WordPress's `unserialize()` can read it. */
export function phpSerialize(value: PhpValue): string {
  if (value === null) return 'N;'
  if (typeof value === 'boolean') return `b:${value ? 1 : 0};`
  if (typeof value === 'number') return isPhpInteger(value) ? `i:${value};` : `d:${float(value)};`
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`
  const pairs = [...value].map(([key, each]) => phpSerialize(key) + phpSerialize(each))
  return `a:${value.size}:{${pairs.join('')}}`
}

const isPhpInteger = (value: number) => Number.isSafeInteger(value) && !Object.is(value, -0)

function float(value: number): string {
  if (Number.isNaN(value)) return 'NAN'
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF'
  return Object.is(value, -0) ? '-0' : String(value).replace('e', 'E')
}
