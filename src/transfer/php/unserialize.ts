import { type PhpArray, PhpSerializedError, type PhpValue } from './value.ts'

/** A user's whole list of application passwords has some kilobytes. PHP itself nests up to 4,096 levels. */
const MAX_LENGTH = 16 * 1024 * 1024
const DEEPEST = 32

/**
 * Parses the output of PHP's `serialize()`: null, booleans, integers, floats, strings, and arrays of them. It is our own
 * parser, because those on npm create objects of the classes that the text names, or set `__proto__`. Everything else is
 * rejected here.
 *
 * @throws PhpSerializedError for anything else
 */
export function phpUnserialize(text: string): PhpValue {
  if (text.length > MAX_LENGTH) throw new PhpSerializedError('it is too long')
  // The lengths of strings are in bytes.
  const bytes = Buffer.from(text)
  let at = 0

  function fail(what: string): never {
    throw new PhpSerializedError(`${what} at byte ${at}`)
  }

  function expect(literal: string): void {
    if (bytes.toString('latin1', at, at + literal.length) !== literal) fail(`expected ${literal}`)
    at += literal.length
  }

  /** Returns the text up to `end`, and skips that. Numbers and lengths are short. */
  function until(end: string, pattern: RegExp): string {
    const found = bytes.indexOf(end, at, 'latin1')
    if (found < 0 || found - at > MAX_NUMBER) fail('a number does not end')
    const word = bytes.toString('latin1', at, found)
    if (!pattern.test(word)) fail('expected a number')
    at = found + end.length
    return word
  }

  function integer(): number {
    const value = Number(until(';', /^[+-]?\d+$/))
    return Number.isSafeInteger(value) ? value : fail('an integer is too large')
  }

  function string(): string {
    const length = Number(until(':', /^\d+$/))
    expect('"')
    if (length > bytes.length - at) fail('a string is cut off')
    const value = bytes.subarray(at, at + length)
    at += length
    expect('";')
    try {
      return UTF8.decode(value)
    } catch {
      return fail('a string is not UTF-8')
    }
  }

  function array(depth: number): PhpArray {
    if (depth >= DEEPEST) fail('it is nested too deeply')
    const count = Number(until(':', /^\d+$/))
    expect('{')
    const values: PhpArray = new Map()
    for (let i = 0; i < count; i++) {
      const key = value(depth + 1)
      if (typeof key !== 'string' && !Number.isInteger(key)) fail('a key is not an integer or a string')
      values.set(key as string | number, value(depth + 1))
    }
    expect('}')
    return values
  }

  function value(depth: number): PhpValue {
    const type = bytes.toString('latin1', at, at + 2)
    at += 2
    switch (type) {
      case 'N;':
        return null
      case 'b:':
        return until(';', /^[01]$/) === '1'
      case 'i:':
        return integer()
      case 'd:':
        return float(until(';', FLOAT))
      case 's:':
        return string()
      case 'a:':
        return array(depth)
      default:
        at -= 2
        return /^[OCErR]:$/.test(type) ? fail('objects and references are not supported') : fail('expected a value')
    }
  }

  const result = value(0)
  if (at !== bytes.length) fail('there is more data after the end')
  return result
}

/**
 * The same for a value that must be an array.
 *
 * @throws PhpSerializedError
 */
export function phpUnserializeArray(text: string): PhpArray {
  const value = phpUnserialize(text)
  if (value instanceof Map) return value
  throw new PhpSerializedError('they are not an array')
}

const MAX_NUMBER = 400
const FLOAT = /^(-?INF|NAN|[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?)$/i
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const float = (word: string): number => Number(word.replace('INF', 'Infinity').replace('NAN', 'NaN'))
