import test from 'ava'
import fc from 'fast-check'
import { phpSerialize } from '../../../src/transfer/php/serialize.ts'
import { phpUnserialize } from '../../../src/transfer/php/unserialize.ts'
import { PhpSerializedError, type PhpValue } from '../../../src/transfer/php/value.ts'

/** What a real WordPress 7.1 keeps of one application password. */
const REAL =
  'a:1:{i:0;a:7:{s:4:"uuid";s:36:"40e7e519-0f4d-4c0c-9f5a-0f3e0a2a9d11";s:6:"app_id";s:0:"";s:4:"name";s:10:"Zäpier ✓";' +
  's:8:"password";s:49:"$generic$F6W18u0QEytvRVb59DemVWRxyTxU6vg_VK0s_f-h";s:7:"created";i:1763900925;s:9:"last_used";N;s:7:"last_ip";N;}}'

test('a value that WordPress wrote is read, and written back exactly', t => {
  const text = REAL.replace('s:10:"Zäpier ✓"', `s:${Buffer.byteLength('Zäpier ✓')}:"Zäpier ✓"`)
  const value = phpUnserialize(text)
  const first = (value as Map<number, Map<string, PhpValue>>).get(0)
  t.deepEqual([first?.get('name'), first?.get('created'), first?.get('last_ip')], ['Zäpier ✓', 1763900925, null])
  t.is(phpSerialize(value), text)
})

test('lengths count bytes, not characters', t => {
  t.is(phpSerialize('ü'), 's:2:"ü";')
  t.is(phpUnserialize('s:2:"ü";'), 'ü')
  t.throws(() => phpUnserialize('s:1:"ü";'), { instanceOf: PhpSerializedError })
  t.throws(() => phpUnserialize(REAL), { instanceOf: PhpSerializedError }, 'as after a search and replace in a dump')
})

const { value: values } = fc.letrec<{ value: PhpValue }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }).filter(text => text.isWellFormed()),
    fc
      .array(
        fc.tuple(
          fc.oneof(
            fc.maxSafeInteger().filter(key => !Object.is(key, -0)),
            fc.string(),
          ),
          tie('value'),
        ),
      )
      .map(pairs => new Map(pairs)),
  ),
}))

test('property: any value is read back unchanged', t => {
  fc.assert(fc.property(values, value => t.deepEqual(phpUnserialize(phpSerialize(value)), value)))
  t.pass()
})

/** Whatever is read, it is a value or this one error: never a crash, an object or a loop. */
function readsOrRefuses(text: string): void {
  try {
    phpUnserialize(text)
  } catch (error) {
    if (!(error instanceof PhpSerializedError)) throw error
  }
}

test('property: any other text throws one kind of error', t => {
  const pieces = ['a:', 's:', 'i:', 'd:', 'b:', 'N;', 'O:', '1', '9', ':', ';', '"', '{', '}', 'x', 'ü', '-', '\0']
  fc.assert(fc.property(fc.string(), readsOrRefuses))
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces)).map(all => all.join('')),
      readsOrRefuses,
    ),
  )
  fc.assert(
    fc.property(values, fc.nat(), fc.string({ maxLength: 2 }), (value, at, wedge) => {
      const text = phpSerialize(value)
      const place = at % (text.length + 1)
      readsOrRefuses(text.slice(0, place) + wedge + text.slice(place + wedge.length))
      readsOrRefuses(text.slice(0, place))
    }),
  )
  t.pass()
})

test('objects, references and hostile sizes are rejected', t => {
  const hostile = [
    '',
    'O:8:"stdClass":0:{}',
    'O:+8:"stdClass":0:{}',
    'C:11:"ArrayObject":21:{x:i:0;a:0:{};m:a:0:{}}',
    'a:2:{i:0;a:0:{}i:1;R:2;}',
    'a:1:{i:0;r:1;}',
    'E:11:"Suit:Hearts";',
    'a:1:{N;N;}',
    'a:1:{a:0:{}N;}',
    'a:999999999999:{}',
    'a:-1:{}',
    's:999999999999:"x";',
    's:-1:"";',
    'i:9223372036854775807;',
    'i:1e3;',
    'i:;',
    'd:0x10;',
    'b:2;',
    'N;N;',
    'a:0:{};',
    'a:1:{i:0;N;',
    `${'a:1:{i:0;'.repeat(100_000)}`,
    `${'a:1:{i:0;'.repeat(40)}N;${'}'.repeat(40)}`,
    'x'.repeat(20_000_000),
  ]
  for (const text of hostile)
    t.throws(() => phpUnserialize(text), { instanceOf: PhpSerializedError }, text.slice(0, 50))
})

test('a key of __proto__ is a key like any other', t => {
  const value = phpUnserialize('a:1:{s:9:"__proto__";a:1:{s:8:"polluted";b:1;}}')
  t.true(value instanceof Map && value.has('__proto__'))
  t.is(({} as { polluted?: boolean }).polluted, undefined)
})

test('an error does not quote the text', t => {
  const error = t.throws(() => phpUnserialize('a:1:{s:8:"password";s:8:"$P$secret";}'))
  t.notRegex(error?.message ?? '', /secret/)
})
