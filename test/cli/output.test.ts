import { PassThrough } from 'node:stream'
import test from 'ava'
import fc from 'fast-check'
import { csvLine } from '../../src/cli/csv.ts'
import { setIo } from '../../src/cli/io.ts'
import { formatItem, formatItems, type OutputOptions } from '../../src/cli/output.ts'
import { displayWidth, printable } from '../../src/cli/printable.ts'

const KIND = { fields: ['ID', 'user_name', 'note'], id: 'ID', prefix: 'user_' }
const ITEMS = [
  { ID: 1, user_name: 'Ann', note: null },
  { ID: 20, user_name: '=SUM(A1), "x"', note: 'a b' },
]
const format = (options: Partial<OutputOptions>) => formatItems(ITEMS, KIND, { format: 'table', ...options })

/** A command's streams, the output on a terminal or not: that of these tests may be one. */
const outputTo = (isTTY: boolean) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  setIo({ stdin: new PassThrough(), stdout: Object.assign(stdout, { isTTY }), stderr, env: {} })
}

test.before(() => outputTo(false))

test('each format shows all items', t => {
  t.deepEqual(format({}), ['ID\tuser_name\tnote', '1\tAnn\t', '20\t=SUM(A1), "x"\ta b'])
  t.deepEqual(format({ format: 'csv' }), ['ID,user_name,note', '1,Ann,', `20,"'=SUM(A1), ""x""","a b"`])
  t.deepEqual(format({ format: 'json' }), [JSON.stringify(ITEMS)])
  t.deepEqual(format({ format: 'count' }), ['2'])
  t.deepEqual(format({ format: 'ids' }), ['1 20'])
  t.deepEqual(formatItems([], KIND, { format: 'table' }), ['ID\tuser_name\tnote'])
  t.deepEqual(formatItems([], KIND, { format: 'json' }), ['[]'])
})

test('fields can be selected in any order, and without their prefix', t => {
  t.deepEqual(format({ fields: 'note, ID' }), ['note\tID', '\t1', 'a b\t20'])
  t.deepEqual(format({ fields: 'name', format: 'json' }), ['[{"user_name":"Ann"},{"user_name":"=SUM(A1), \\"x\\""}]'])
  t.deepEqual(format({ field: 'name' }), ['Ann', '=SUM(A1), "x"'])
  t.deepEqual(format({ field: 'ID', format: 'json' }), ['[1,20]'])
  const { message } = t.throws(() => format({ fields: 'ID,pass' }))
  t.is(message, 'Invalid field: pass. The fields are ID, user_name, note.')
  t.throws(() => format({ field: '' }))
  t.throws(() => format({ field: 'constructor' }))
})

test('a single item is shown with one field per line', t => {
  const [item = {}] = ITEMS
  t.deepEqual(formatItem(item, KIND, { format: 'table' }), ['Field\tValue', 'ID\t1', 'user_name\tAnn', 'note\t'])
  t.deepEqual(formatItem(item, KIND, { format: 'csv', fields: 'ID' }), ['Field,Value', 'ID,1'])
  t.deepEqual(formatItem(item, KIND, { format: 'json' }), [JSON.stringify(item)])
  t.deepEqual(formatItem(item, KIND, { format: 'table', field: 'name' }), ['Ann'])
  t.deepEqual(formatItem(item, KIND, { format: 'json', field: 'ID' }), ['1'])
})

test.serial('a table on a terminal has borders, also with wide characters', t => {
  outputTo(true)
  t.teardown(() => outputTo(false))
  const items = [
    { ID: 1, user_name: '日本' },
    { ID: 2, user_name: 'Zoe\u0308' },
  ]
  t.deepEqual(formatItems(items, KIND, { format: 'table', fields: 'ID,name' }), [
    '+----+-----------+',
    '| ID | user_name |',
    '+----+-----------+',
    '| 1  | 日本      |',
    '| 2  | Zoe\u0308       |',
    '+----+-----------+',
  ])
})

test('CSV: formulas are disarmed, and everything that needs quotes has them', t => {
  t.is(csvLine(["Shop;=cmd|'/Ccalc'!A1"]), `"Shop;'=cmd|'/Ccalc'!A1"`)
  t.is(csvLine(['a;b', 'a\tb', 'a|-1']), `"a;b","a\tb","a|'-1"`)
  t.is(
    csvLine(['＝1+1', '＋1', '－1', '＠x', ' =1', '\t=1', '\u0000=1', '\u200b=1']),
    `'＝1+1,'＋1,'－1,'＠x," '=1","'\t'=1","\u0000'=1","\u200b'=1"`,
  )
  t.is(csvLine(['\tx', '\rx', ' "\nx', 'x\ty']), `"'\tx","'\rx","' ""\nx","x\ty"`, 'a tab or a line break first')
  t.is(csvLine([';"=1']), `";""'=1"`, 'a quote that begins a cell for one who separates by ;')
  t.is(csvLine(['=1', '+1', '-1', '@x', 'a=1', '']), "'=1,'+1,'-1,'@x,a=1,")
  t.is(csvLine(['a,b', 'a"b', 'a\nb', 'a\\b']), '"a,b","a""b","a\nb","a\\b"')
})

test('CSV: no cell starts a formula in any spreadsheet, and all texts are preserved', t => {
  const piece = fc.oneof(fc.constantFrom(...'=+-@＝＋－＠,;|\t\r\n "\'\\\u0000\u200b'), fc.string({ maxLength: 3 }))
  const cell = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''))
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), cells => {
      const line = csvLine(cells)
      for (const separator of [',', ';', '\t', '|', /[,;|\t\r\n]/]) {
        for (const field of line.split(separator)) {
          t.notRegex(field.replace(/^[\s"\p{Cc}\p{Cf}]+/u, ''), /^[=+\-@＝＋－＠]/)
        }
        for (const [, quoted = ''] of `,${line}`.matchAll(/,"((?:[^"]|"")*)"/g)) {
          t.notRegex(quoted, /^[\s"]*[\t\r\n]/)
        }
      }
      const read = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      )
      t.deepEqual(
        read.map(each => each.replaceAll("'", '')),
        cells.map(each => each.replaceAll("'", '')),
      )
    }),
    { seed: 1 },
  )
})

test('CSV: a single field is protected too', t => {
  const items = [{ ID: 1, user_name: '=1;+2', note: null }]
  t.deepEqual(formatItems(items, KIND, { format: 'csv', field: 'name' }), [`"'=1;'+2"`])
  t.deepEqual(formatItem(items[0] ?? {}, KIND, { format: 'csv', field: 'name' }), [`"'=1;'+2"`])
  t.deepEqual(formatItems(items, KIND, { format: 'table', field: 'name' }), ['=1;+2'])
})

test('terminal control characters are escaped, and the JSON keeps its meaning', t => {
  t.is(printable('a\u001B[31m\u009Bb\n'), 'a\\u001b[31m\\u009bb\\u000a')
  t.is(printable('\u202Eevil\u2066'), '\\u202eevil\\u2066')
  t.is(printable('Zoë 日本 👍'), 'Zoë 日本 👍')
  const name = 'a\u001B\u009B\u202E"\\\u2028\uD800'
  const [json = ''] = formatItems([{ ID: 1, user_name: name, note: null }], KIND, { format: 'json', fields: 'name' })
  t.regex(json, /^[\x20-\x7e]*$/)
  t.deepEqual(JSON.parse(json), [{ user_name: name }])
  t.deepEqual(formatItems([{ ID: 1, user_name: '\u001B[2J', note: null }], KIND, { format: 'table', field: 'name' }), [
    '\\u001b[2J',
  ])
})

test('display width of characters', t => {
  t.is(displayWidth('abc'), 3)
  t.is(displayWidth('日本語'), 6)
  t.is(displayWidth('ｱ'), 1)
  t.is(displayWidth('👍'), 2)
  t.is(displayWidth('e\u0301'), 1)
})
