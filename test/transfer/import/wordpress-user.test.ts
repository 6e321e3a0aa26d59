import test from 'ava'
import { toWordPressUser, type UserMeta, type UserRow } from '../../../src/transfer/import/wordpress-user.ts'
import { phpSerialize } from '../../../src/transfer/php/serialize.ts'
import type { PhpValue } from '../../../src/transfer/php/value.ts'

const HASH = '$generic$F6W18u0QEytvRVb59DemVWRxyTxU6vg_VK0s_f-h'
const UUID = '40e7e519-0f4d-4c0c-9f5a-0f3e0a2a9d11'
const ROW: UserRow = {
  ID: '7',
  user_login: 'bob',
  user_pass: '$P$x',
  user_email: 'bob@example.com',
  user_registered: '2021-03-04 05:06:07',
  display_name: 'Bob B.',
  spam: '',
  deleted: '',
}

const read = (meta: Partial<UserMeta>, row: Partial<UserRow> = {}) =>
  toWordPressUser({ ...ROW, ...row }, { otherSites: [], ...meta })

/** One user's application passwords, from entries as they stand in WordPress. */
const readEntries = (...entries: Record<string, PhpValue>[]) =>
  read({
    applicationPasswords: phpSerialize(new Map(entries.map((entry, i) => [i, new Map(Object.entries(entry))]))),
  })

const ENTRY = { uuid: UUID, app_id: '', name: 'Zapier', password: HASH, created: 5, last_used: null, last_ip: null }

test('a user with roles and application passwords', t => {
  const last = { app_id: UUID, last_used: 9, last_ip: '2001:db8::1' }
  const meta = { capabilities: 'a:2:{s:6:"editor";b:1;s:8:"customer";b:0;}' }
  const { applicationPasswords, ...user } = { ...readEntries({ ...ENTRY, ...last }), roles: read(meta).roles }
  t.deepEqual(user, {
    id: '7',
    login: 'bob',
    email: 'bob@example.com',
    name: 'Bob B.',
    registered: new Date('2021-03-04T05:06:07Z'),
    passwordHash: '$P$x',
    roles: ['editor'],
    isBarred: false,
    problems: [],
  })
  t.deepEqual(applicationPasswords, [
    { uuid: UUID, name: 'Zapier', hash: HASH, appId: UUID, created: 5, lastUsed: 9, lastIp: '2001:db8::1' },
  ])
})

test('zeros for a date, no display name, no roles, no application passwords', t => {
  const user = read({}, { user_registered: '0000-00-00 00:00:00', display_name: '' })
  t.like(user, { registered: new Date(0), name: 'bob', roles: [], applicationPasswords: [], problems: [] })
  t.true(read({}, { spam: '1' }).isBarred)
  t.true(read({}, { deleted: '1' }).isBarred)
})

test('broken data is reported, and the rest is imported', t => {
  const broken = read({ capabilities: 'a:1:{s:6:"editor";b:1;}', applicationPasswords: 'a:1:{i:0;s:9:"cut off' })
  t.deepEqual(broken.roles, ['editor'])
  t.deepEqual(broken.applicationPasswords, [])
  t.regex(broken.problems.join(), /^The application passwords cannot be read: a string is cut off at byte \d+\.$/)
  t.regex(
    read({ capabilities: 'O:8:"stdClass":0:{}' }).problems.join(),
    /^The roles cannot be read: objects and references/,
  )
  t.regex(read({ applicationPasswords: 's:1:"x";' }).problems.join(), /cannot be read: they are not an array/)
  t.regex(read({ otherSites: ['wp_2_'] }).problems.join(), /other sites of the network are not imported \(wp_2_\)/)
  const partly = readEntries({ name: 'no hash' }, ENTRY)
  t.is(partly.applicationPasswords.length, 1)
  t.deepEqual(partly.problems, ['Application password 0 is skipped: it is not an array with a hash.'])
})

test('a password keeps working, whatever other data cannot be stored', t => {
  const odd = {
    ...ENTRY,
    app_id: 'not a UUID',
    name: `<b>${'x'.repeat(300)}`,
    created: '1700000000',
    last_used: false,
    last_ip: 'nowhere',
    expires: 1,
  }
  const { applicationPasswords, problems } = readEntries(odd)
  t.like(applicationPasswords[0], { hash: HASH, appId: '', created: 1_700_000_000, lastUsed: null, lastIp: null })
  t.is(applicationPasswords[0]?.name.length, 197)
  t.deepEqual(
    problems.map(problem => problem.replace(/^Application password "x+": /, '')),
    [
      'its name in WordPress is not valid here and was changed.',
      'its app_id is not valid and was left out.',
      'its last_ip is not valid and was left out.',
      'it has members that mean nothing here: expires.',
    ],
  )
  t.is(readEntries({ ...ENTRY, name: '' }).applicationPasswords[0]?.name, 'Unnamed')
})

test('a time or address that cannot be stored is dropped', t => {
  const { applicationPasswords } = readEntries({
    ...ENTRY,
    created: 2 ** 53 - 1,
    last_used: '253402300800',
    last_ip: `fe80::1%${'a'.repeat(40)}`,
  })
  t.like(applicationPasswords[0], { hash: HASH, created: 0, lastUsed: null, lastIp: null })
})

test('an application password without a UUID, from the plugin before WordPress 5.6, always gets the same one', t => {
  const { uuid: _, ...old } = ENTRY
  const [first, again] = [readEntries(old), readEntries(old)].map(user => user.applicationPasswords[0]?.uuid)
  t.regex(first ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  t.is(first, again)
  t.deepEqual(readEntries(old).problems, [])
})

test('at most 100 problems are listed per user, each shortened, with a count of the rest', t => {
  const { problems } = read({
    applicationPasswords: phpSerialize(new Map(Array.from({ length: 250 }, (_, i) => [i, 1]))),
  })
  t.is(problems.length, 101)
  t.is(problems[99], 'Application password 99 is skipped: it is not an array with a hash.')
  t.is(problems[100], 'And 150 more.')
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`member${i}`, 1]))
  const [long] = readEntries({ ...ENTRY, ...many }).problems
  t.regex(
    long ?? '',
    /^Application password "Zapier": it has members that mean nothing here: member0, member1, .{900,}…$/,
  )
  t.true((long ?? '').length < 1100)
})
