import test from 'ava'
import fc from 'fast-check'
import { createDumpRows } from '../../../src/transfer/import/dump-rows.ts'

const TABLE =
  "CREATE TABLE `wp_users` (\n  `ID` bigint(20) unsigned NOT NULL,\n  `user_login` varchar(60) DEFAULT 'a,(b',\n"
const KEYS = '  PRIMARY KEY (`ID`),\n  KEY `user_login_key` (`user_login`)\n) ENGINE=InnoDB;\n'

/** The rows of a dump, cut into pieces of this many bytes. */
function rowsOf(dump: string, pieceSize = 1_000_000, wanted = ['wp_users']): string[][] {
  const rows: string[][] = []
  const reader = createDumpRows(wanted, ({ values }) => rows.push(Object.values(values)))
  const bytes = Buffer.from(dump)
  for (let at = 0; at < bytes.length; at += pieceSize) reader.push(bytes.subarray(at, at + pieceSize))
  reader.complete()
  return rows
}

const ROWS = [
  ['1', "o'brien"],
  ['2', 'a;b\\c\n"d" ü ✓'],
]

const WRITTEN: Record<string, string> = {
  'as mariadb-dump writes it': `/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump; it's one\n/*!40101 SET NAMES utf8mb4 */;\n${TABLE}${KEYS}LOCK TABLES \`wp_users\` WRITE;\n/*!40000 ALTER TABLE \`wp_users\` DISABLE KEYS */;\nINSERT INTO \`wp_users\` VALUES\n(1,'o\\'brien'),\n(2,'a;b\\\\c\\n\\"d\\" ü ✓');\nUNLOCK TABLES;\n-- Dump completed`,
  'one INSERT a row': `${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,'o''brien');\nINSERT INTO \`wp_users\` VALUES (2,'a;b\\\\c\\n"d" ü ✓');`,
  'with the columns named, in another order': `INSERT IGNORE INTO wp_users (user_login, ID) VALUES ('o\\'brien', 1);REPLACE INTO \`db\`.\`wp_users\` (\`user_login\`,\`ID\`) VALUES (_utf8mb4'a;b\\\\c\\n"d" ü ✓',2);`,
  'hexadecimal, of a named database': `CREATE TABLE IF NOT EXISTS db.wp_users (ID bigint, user_login varchar(60), KEY x (ID));insert into db.wp_users values (1,0x6f27627269656e),(2,'a;b\\\\c\\n"d" ü ✓');`,
  'ANSI quotes': `CREATE TABLE "wp_users" ("ID" int, "user_login" text);INSERT INTO "wp_users" VALUES (1,'o''brien'),(2,'a;b\\\\c\\n"d" ü ✓');`,
  'among other tables, comments and routines': `CREATE TABLE \`wp_posts\` (\`ID\` int);INSERT INTO \`wp_posts\` VALUES (1,'INSERT INTO \`wp_users\` VALUES (9,\\'x\\');');# it's a comment; (\n${TABLE}${KEYS}DELIMITER ;;\nCREATE PROCEDURE p() BEGIN INSERT INTO wp_users VALUES (8,'y'); END ;;\nDELIMITER ;\n/*!50003 CREATE TRIGGER t BEFORE INSERT ON wp_users FOR EACH ROW BEGIN SET @a=1; END */;\nINSERT INTO \`wp_users\` VALUES (1,'o\\'brien'),(2,'a;b\\\\c\\n\\"d\\" ü ✓');INSERT INTO \`wp_usersx\` VALUES (3,'z');`,
}

for (const [how, dump] of Object.entries(WRITTEN)) {
  test(`rows are read from pieces of any size: ${how}`, t => {
    const sorted = (rows: string[][]) => rows.map(row => [...row].sort())
    const expected = sorted(ROWS)
    for (const size of [1, 2, 3, 7, 64, 1_000_000]) t.deepEqual(sorted(rowsOf(dump, size)), expected, `${size}`)
  })
}

const ESCAPES: Record<string, string> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\u001A': '\\Z',
  "'": "\\'",
  '"': '\\"',
  '\\': '\\\\',
}

/** As `mysql_real_escape_string()`. */
const escaped = (text: string) => [...text].map(letter => ESCAPES[letter] ?? letter).join('')

test('property: any text, escaped as MySQL does, is read unchanged', t => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }),
      fc.integer({ min: 1, max: 50 }),
      (texts, size) => {
        const wellFormed = texts.map(text => text.toWellFormed())
        const rows = wellFormed.map((text, i) => `(${i},'${escaped(text)}')`)
        const read = rowsOf(`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES ${rows.join(',')};`, size)
        t.deepEqual(
          read.map(([, text]) => text),
          wellFormed,
        )
      },
    ),
  )
  t.pass()
})

test('a truncated dump, or one of two databases, is an error that says so', t => {
  const bad: Record<string, RegExp> = {
    [`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,'a`]: /cut off in the middle of a value/,
    [`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,'a'`]: /cut off in the rows of wp_users/,
    [`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,'a'),\n`]: /cut off in the rows of wp_users/,
    [`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1);`]: /does not fit its columns/,
    [`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,(2));`]: /does not consist of plain values/,
    'INSERT INTO `wp_users` VALUES (1,2);': /does not name the columns of wp_users/,
    [`${TABLE}${KEYS}${TABLE}${KEYS}`]: /twice, from several databases/,
  }
  for (const [dump, message] of Object.entries(bad)) {
    t.throws(() => rowsOf(dump), { code: 'wordpress_unreadable', message }, dump)
  }
})

test('property: any file is read or throws this one error', t => {
  const pieces = [
    "'",
    '`',
    '"',
    '\\',
    '(',
    ')',
    ',',
    ';',
    '--',
    ' ',
    '\n',
    '/*',
    '*/',
    'INSERT INTO ',
    'wp_users',
    'VALUES',
    'CREATE TABLE ',
    '1',
    'ü',
    '#',
    'DELIMITER ',
    '_x',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces)), fc.integer({ min: 1, max: 9 }), (all, size) => {
      try {
        rowsOf(all.join(''), size)
      } catch (error) {
        if ((error as { code?: string }).code !== 'wordpress_unreadable') throw error
      }
    }),
  )
  t.pass()
})

test('hexadecimal bytes of any length are read', t => {
  const text = 'A'.repeat(8_000_000)
  const [row] = rowsOf(`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,0x${'41'.repeat(text.length)});`)
  t.true(row?.[1] === text)
  t.deepEqual(rowsOf(`${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (0x,0x414);`), [['', '0x414']])
})

test('a value in many pieces is not scanned again from its beginning for each', t => {
  const value = 'x'.repeat(100_000)
  const dump = `${TABLE}${KEYS}INSERT INTO \`wp_users\` VALUES (1,'${value}');`
  const { charCodeAt } = String.prototype
  let looks = 0
  String.prototype.charCodeAt = function (at) {
    looks++
    return charCodeAt.call(this, at)
  }
  try {
    t.deepEqual(rowsOf(dump, 1000), [['1', value]])
  } finally {
    String.prototype.charCodeAt = charCodeAt
  }
  t.true(looks < 4 * dump.length, `${looks} looks at ${dump.length} letters`)
})
