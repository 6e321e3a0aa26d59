import test from 'ava'
import fc from 'fast-check'
import { pickFields } from '../../src/rest/fields.ts'

const ITEM = { id: 1, name: 'n', _links: { self: [{ href: 'x' }], up: [] }, meta: { a: { b: 1, c: 2 } } }

test('_fields is accepted in every form that WordPress accepts', t => {
  const forms: [asked: unknown, picked: object][] = [
    [undefined, ITEM],
    ['', ITEM],
    [' , ', ITEM],
    [[], ITEM],
    ['id,name', { id: 1, name: 'n' }],
    [' id , name ', { id: 1, name: 'n' }],
    ['id name', { id: 1, name: 'n' }],
    [['id', ' name '], { id: 1, name: 'n' }],
    [
      { 3: 'id', x: 'name' },
      { id: 1, name: 'n' },
    ],
    ['meta.a.b', { meta: { a: { b: 1 } } }],
    ['meta.a.b,meta.a', { meta: { a: { b: 1, c: 2 } } }],
    ['meta,meta.a.b', { meta: ITEM.meta }],
    ['nothing', {}],
    ['__proto__', {}],
    [[['id']], ITEM],
  ]
  for (const [asked, picked] of forms) {
    t.deepEqual(pickFields(ITEM, asked), picked, JSON.stringify(asked))
    t.deepEqual(pickFields([ITEM, ITEM], asked), [picked, picked])
  }
})

test('property: picked members existed before, and all named members are picked', t => {
  const names = fc.array(fc.constantFrom('id', 'name', '_links', 'meta', 'meta.a', 'meta.a.b', 'x.y', '.', '..'))
  fc.assert(
    fc.property(names, fc.constantFrom(',', ' ', ', ', '\n'), (asked, separator) => {
      const picked = pickFields(ITEM, asked.join(separator)) as Record<string, unknown>
      t.true(Object.keys(picked).every(name => Object.hasOwn(ITEM, name)))
      for (const name of asked)
        if (Object.hasOwn(ITEM, name)) t.deepEqual(picked[name], ITEM[name as keyof typeof ITEM])
    }),
  )
})
