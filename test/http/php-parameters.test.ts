import test from 'ava'
import fc from 'fast-check'
import { phpParameters } from '../../src/http/php-parameters.ts'

const read = (text: string) => Object.fromEntries(phpParameters(new URLSearchParams(text)))

test('names nest as in PHP', t => {
  const readings: [text: string, value: Record<string, unknown>][] = [
    ['', {}],
    ['a=1&a=2', { a: '2' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a[b]=1&a[c][]=2', { a: { b: '1', c: ['2'] } }],
    ['a[5]=x&a[]=y', { a: { 5: 'x', 6: 'y' } }],
    ['a[0]=x&a[1]=y', { a: ['x', 'y'] }],
    ['a=1&a[]=2', { a: ['2'] }],
    ['a[]=1&a=2', { a: '2' }],
    ['a[b=1', { 'a[b': '1' }],
    ['a[b]c=1', { a: { b: '1' } }],
    ['a.b=1&c+d=2', { a_b: '1', c_d: '2' }],
    ['=1&[]=2', { '[]': '2' }],
  ]
  for (const [text, value] of readings) t.deepEqual(read(text), value, text)
})

test('no name changes the prototype of an object', t => {
  const value = read('__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1')
  t.is(({} as { polluted?: string }).polluted, undefined)
  t.true(Object.hasOwn(value, '__proto__'))
})

test('parameters beyond the limits are dropped, and cost little', t => {
  t.is(phpParameters(Array.from({ length: 5000 }, (_, at) => [`p${at}`, ''] as const)).size, 1000)
  t.deepEqual(read(`a${'[x]'.repeat(5000)}=1&b=2`), { b: '2' })
  t.deepEqual(read(`a${'['.repeat(15_000)}=1&b=2`).b, '2')
})

test('property: flat names give the same result as URLSearchParams, with the last of each', t => {
  const pair = fc.tuple(fc.stringMatching(/^[\w-]{1,6}$/), fc.string())
  fc.assert(
    fc.property(fc.array(pair), pairs => {
      t.deepEqual(phpParameters(pairs), new Map(pairs))
    }),
  )
})

test('property: any names give a result that can be serialized as JSON', t => {
  const name = fc.array(fc.constantFrom('a', '[', ']', '[]', '.', ' ', '0', '__proto__', 'é'), { maxLength: 12 })
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string())), pairs => {
      JSON.stringify([...phpParameters(pairs.map(([parts, value]) => [parts.join(''), value] as const))])
    }),
    { numRuns: 1000 },
  )
  t.pass()
})
