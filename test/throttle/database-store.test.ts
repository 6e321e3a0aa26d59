import test, { type ExecutionContext } from 'ava'
import { createDatabase, type Database } from '../../src/database/database.ts'
import { createConnect, embeddedUsers } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { createDatabaseStore } from '../../src/throttle/database-store.ts'
import { freshDatabase, hasReturning } from '../support/database.ts'
import { SECRET } from '../support/site.ts'

const MINUTE = 60

async function startDatabase(t: ExecutionContext) {
  const url = await freshDatabase(t)
  const open = () => {
    const knex = openDatabase(url)
    t.teardown(() => knex.destroy())
    return knex
  }
  const knex = open()
  const connectOn = (throttle: 'memory' | 'database') =>
    createConnect({
      knex,
      site: { url: 'https://example.com', name: 'Example' },
      secret: SECRET,
      users: embeddedUsers(),
      throttle,
    })
  const errors: unknown[] = []
  const countsOn = (on = open()) => createDatabaseStore(createDatabase(on, 'connect_'), error => errors.push(error))
  const connect = await connectOn('database')
  await connect.migrate()
  return { knex, open, connect, connectOn, errors, countsOn }
}

const counted = (key: string) => ({ kind: 'test', key, seconds: MINUTE, limit: 10 })

test('processes on one database count together, each attempt once, even concurrent ones', async t => {
  const { countsOn, knex, errors } = await startDatabase(t)
  const first = countsOn(knex)
  const processes = [first, countsOn(), countsOn()]
  const seen: number[] = []
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      processes.flatMap(counts =>
        Array.from({ length: 10 }, (_, i) => counts.add([counted('z same'), counted(`one of ${i}`), counted('a')], 1)),
      ),
    )
    seen.push(...answers.map(([same]) => same?.points ?? 0))
  }
  t.deepEqual(
    seen.sort((a, b) => a - b),
    Array.from({ length: 300 }, (_, i) => i + 1),
  )
  const [one] = await first.add([counted('one of 3')], -1)
  t.is(one?.points, 29)
  t.true((one?.secondsLeft ?? 0) > 50 && (one?.secondsLeft ?? 0) <= MINUTE)
  t.deepEqual(errors, [])
})

/** A server of another version, as far as it says so. */
function saying(version: string, database: Database): Database {
  const run = (query: unknown) =>
    /version\(\)/.test(String(query)) ? Promise.resolve([[{ version }], []]) : database.run(query as Promise<unknown>)
  return { ...database, run: run as Database['run'] }
}

const onMysql = /^mysql/.test(process.env.TEST_DATABASE_URL ?? '') ? test : test.skip

onMysql('MySQL, which has no RETURNING, counts each attempt once too, however many processes and attempts', async t => {
  const { open, errors } = await startDatabase(t)
  const statements: string[] = []
  const processes = [1, 2, 3].map(() => {
    const knex = open()
    knex.on('query', ({ sql }) => statements.push(sql))
    return createDatabaseStore(saying('9.1.0', createDatabase(knex, 'connect_')), error => errors.push(error))
  })
  const seen: number[] = []
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      processes.flatMap(counts =>
        Array.from({ length: 10 }, (_, i) => counts.add([counted('z same'), counted(`one of ${i}`), counted('a')], 1)),
      ),
    )
    seen.push(...answers.map(([same]) => same?.points ?? 0))
  }
  t.deepEqual(
    seen.sort((a, b) => a - b),
    Array.from({ length: 300 }, (_, i) => i + 1),
  )
  t.notRegex(statements.join('\n'), /returning/i)
  t.deepEqual(errors, [])
})

onMysql('RETURNING is used where a server says that it has it, and the server is asked once', async t => {
  for (const [version, has] of [
    ['10.11.6-MariaDB-0+deb12u1', true],
    ['5.5.5-10.5.23-MariaDB-log', true],
    ['11.4.2-MariaDB', true],
    ['10.4.34-MariaDB', false],
    ['8.4.3', false],
    ['9.7.0', false],
    ['9.7.4-2', false],
  ] as const) {
    const { knex } = await startDatabase(t)
    // A real MySQL cannot pretend to have it.
    if (has && !(await hasReturning(knex))) continue
    let asked = 0
    const database = saying(version, createDatabase(knex, 'connect_'))
    const counting: Database = {
      ...database,
      run: (query: Parameters<Database['run']>[0]) => {
        if (/version\(\)/.test(String(query))) asked++
        return database.run(query) as never
      },
    }
    const statements: string[] = []
    knex.on('query', ({ sql }) => statements.push(sql))
    const counts = createDatabaseStore(counting, () => {})
    t.is((await counts.add([counted('key')], 1))[0]?.points, 1, version)
    t.is((await counts.add([counted('key')], 1))[0]?.points, 2, version)
    await counts.finished()
    t.is(/returning/i.test(statements.join()), has, version)
    t.is(asked, 1, version)
  }
})

test('an attempt costs one statement, or on MySQL one transaction, and simultaneous attempts share it', async t => {
  const { countsOn, knex } = await startDatabase(t)
  const counts = countsOn(knex)
  await counts.add([counted('first')], 1) // which sweeps as well
  await counts.finished()
  // On MySQL: BEGIN, INSERT, SELECT, COMMIT.
  const once = (await hasReturning(knex)) ? 1 : 4
  let statements = 0
  knex.on('query', () => statements++)
  await counts.add([counted('pair'), counted('address'), counted('user')], 1)
  t.is(statements, once)
  await Promise.all(Array.from({ length: 60 }, (_, i) => counts.add([counted(`pair ${i}`), counted('user')], 1)))
  t.is(statements, 2 * once)
})

test('a count starts again when its window ends or it is forgotten; ended rows are deleted', async t => {
  const { countsOn, knex } = await startDatabase(t)
  const counts = countsOn()
  for (let i = 0; i < 5; i++) await counts.add([counted('over'), counted('forgotten'), counted('kept')], 1)
  const ago = Math.floor(Date.now() / 1000) - 61
  await knex('connect_throttle').where({ key: 'over' }).update({ expires: ago })
  await counts.forget(counted('forgotten'))
  const answers = await counts.add([counted('over'), counted('forgotten'), counted('kept')], 1)
  t.deepEqual(
    answers.map(({ points }) => points),
    [1, 1, 6],
  )

  const rows = Array.from({ length: 450 }, (_, i) => ({ key: `old ${i}`, points: 1, expires: ago }))
  for (let at = 0; at < rows.length; at += 50) await knex('connect_throttle').insert(rows.slice(at, at + 50))
  const sweeping = countsOn()
  await sweeping.add([counted('kept')], 1)
  await sweeping.finished()
  t.deepEqual((await knex('connect_throttle').orderBy('key').pluck('key')) as string[], ['forgotten', 'kept', 'over'])
})

test('taking back an attempt of an ended or forgotten count gives no extra attempts', async t => {
  const { countsOn, knex } = await startDatabase(t)
  const counts = countsOn()
  const pointsOf = async (keys: string[], points: 1 | -1) =>
    (await counts.add(keys.map(counted), points)).map(value => value.points)
  await pointsOf(['over', 'forgotten'], 1)
  await knex('connect_throttle').where({ key: 'over' }).update({ expires: 1 })
  await counts.forget(counted('forgotten'))
  const all = ['over', 'forgotten', 'never']
  const takenBack = await Promise.all([pointsOf(all, -1), pointsOf(all, -1)])
  t.deepEqual(takenBack.flat(), [0, 0, 0, 0, 0, 0])
  t.deepEqual(await pointsOf(all, -1), [0, 0, 0])
  t.deepEqual(await pointsOf(all, 1), [1, 1, 1])
  t.deepEqual(await pointsOf(all, 1), [2, 2, 2])
  t.deepEqual(await pointsOf(all, -1), [1, 1, 1])
})

test('the table contains neither typed text nor addresses', async t => {
  const { knex, connect } = await startDatabase(t)
  await t.throwsAsync(connect.verifyCredentials('a secret in the wrong field', 'wrong', '203.0.113.77'), {
    code: 'incorrect_password',
  })
  const rows = await knex('connect_throttle')
  t.is(rows.length, 3)
  t.notRegex(JSON.stringify(rows), /secret|field|203\.0/)
  for (const { key } of rows) t.regex(key, /^[\w-]{22}$/)
})

test('the table is created with the option, and dropped with the others; without the option there is none', async t => {
  const { knex, connect, connectOn } = await startDatabase(t)
  t.deepEqual(await (await connectOn('memory')).migrate(), [])
  t.true((await connect.migrateDown()).includes('0005-throttle'))
  t.false(await knex.schema.hasTable('connect_throttle'))
  await (await connectOn('memory')).migrate()
  t.false(await knex.schema.hasTable('connect_throttle'))
  t.deepEqual(await (await connectOn('database')).migrate(), ['0005-throttle'])
})

test('without its table, as before migrate(), failures are counted in the process, and the host is told once', async t => {
  const { knex, connect } = await startDatabase(t)
  const heard: unknown[] = []
  connect.on('error', ({ error }) => void heard.push(error))
  await knex.schema.dropTable('connect_throttle')
  for (let i = 0; i < 100; i++) {
    await t.throwsAsync(connect.verifyCredentials('admin', 'wrong', '203.0.113.7'), { code: 'incorrect_password' })
  }
  await t.throwsAsync(connect.verifyCredentials('admin', 'wrong', '203.0.113.7'), { code: 'too_many_attempts' })
  t.is(heard.length, 1)
  t.like(heard[0], { name: 'ThrottleWarning', code: 'throttle_error' })
  t.notRegex(String(heard[0]), /insert|values/i)
  t.regex(String(heard[0]), /not in the database, until this error is fixed: .*connect_throttle/)
})

test('a correct password needs no statement of the throttle', async t => {
  const { knex, connect } = await startDatabase(t)
  await connect.users.accounts.create('admin', 'password', { email: 'a@example.com' })
  const { password } = await connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'Script')
  const tables: string[] = []
  knex.on('query', ({ sql }) => tables.push(/connect_\w+/.exec(sql)?.[0] ?? sql))
  await connect.verifyCredentials('admin', password, '203.0.113.7')
  t.deepEqual(tables, ['connect_application_passwords'])
})
