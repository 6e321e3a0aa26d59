import { randomBytes } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { forThrottle } from '../../migrations/index.js'
import { createDatabase } from '../../src/database/database.ts'
import { createMigrator } from '../../src/database/migrator.ts'
import { openDatabase } from '../../src/server/database.ts'
import type { CounterStore } from '../../src/throttle/counter-store.ts'
import { createDatabaseStore } from '../../src/throttle/database-store.ts'
import { limits, withFallback } from '../../src/throttle/fallback.ts'
import { freshDatabase } from '../support/database.ts'
import { FOR_EVER, waitOnly } from '../support/limits.ts'
import { freePort } from '../support/shell.ts'

const KEY = { kind: 'test', key: 'key', seconds: 60, limit: 10 }

interface Report {
  name: string
  code: string
  message: string
}

/** These counts with the fallback, which tries them again at each attempt, or after so long; and what it reported. */
function fallBack(shared: CounterStore, retryAfterMs = 0) {
  const reports: Report[] = []
  const counts = withFallback(shared, 'the database', error => reports.push(error as Report), retryAfterMs)
  return { reports, add: async () => (await counts.add([KEY], 1))[0]?.points }
}

function fallBackFrom(t: ExecutionContext, url: string) {
  const knex = openDatabase(url)
  t.teardown(() => knex.destroy())
  return fallBack(createDatabaseStore(createDatabase(knex, 'connect_'), () => {}))
}

test('an outage, an error and their end are reported once each, each with its code', async t => {
  let failure: Error | undefined
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const { reports, add } = fallBack({
    add: async () => {
      if (failure) throw failure
      return [{ points: 50, secondsLeft: 60 }]
    },
    forget: async () => {},
  })
  t.is(await add(), 50)
  for (const next of [away, away, new Error('no such table: connect_throttle'), away, undefined, undefined]) {
    failure = next
    await add()
  }
  t.deepEqual(
    reports.map(({ name, code, message }) => `${name} ${code} ${message}`),
    [
      'ThrottleWarning throttle_not_shared Failed attempts are counted in each process while the database cannot be reached: connect ECONNREFUSED',
      'ThrottleWarning throttle_error Failed attempts are counted in each process, not in the database, until this error is fixed: no such table: connect_throttle',
      'ThrottleWarning throttle_not_shared Failed attempts are counted in each process while the database cannot be reached: connect ECONNREFUSED',
      'ThrottleWarning throttle_shared Failed attempts are counted in the database again.',
    ],
  )
})

test.serial('a store that answers nothing is waited for once, by one: the others do not ask it', async t => {
  waitOnly(t, limits, 20)
  let asked = 0
  const silent: CounterStore = {
    add() {
      asked++
      return new Promise(() => {})
    },
    forget: async () => {},
  }
  const { reports, add } = fallBack(silent, FOR_EVER)
  for (let i = 1; i <= 5; i++) t.is(await add(), i, 'the process counts')
  t.is(asked, 1)
  t.is(reports.length, 1)
  const again = fallBack(silent)
  for (let i = 1; i <= 3; i++) t.is(await again.add(), i)
  t.is(asked, 4, 'where it is time, it is asked again')
})

for (const scheme of ['postgres://postgres', 'mysql://root']) {
  test(`no server at ${scheme}@…: an outage, and the process counts`, async t => {
    const { reports, add } = fallBackFrom(t, `${scheme}@127.0.0.1:${await freePort()}/test`)
    t.deepEqual([await add(), await add()], [1, 2])
    t.deepEqual(
      reports.map(({ code }) => code),
      ['throttle_not_shared'],
    )
  })
}

const onServer = /^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '') ? test : test.skip

onServer('a user of the database who may not write: an error, and no values in its message', async t => {
  const url = new URL(await freshDatabase(t))
  const owner = openDatabase(url.href)
  t.teardown(() => owner.destroy())
  await createMigrator(createDatabase(owner, 'connect_'), forThrottle).up()
  const user = `throttle_${randomBytes(6).toString('hex')}`
  if (url.protocol === 'postgres:') {
    await owner.raw('create role ?? login', [user])
    t.teardown(() => owner.raw('drop role ??', [user]))
  } else {
    await owner.raw('create user ?', [user])
    t.teardown(() => owner.raw('drop user ?', [user]))
    await owner.raw('grant select on ??.* to ?', [url.pathname.slice(1), user])
  }
  url.username = user
  const { reports, add } = fallBackFrom(t, url.href)
  t.deepEqual([await add(), await add()], [1, 2])
  t.is(reports.length, 1)
  t.like(reports[0], { code: 'throttle_error' })
  t.regex(reports[0]?.message ?? '', /(denied|permission).*connect_throttle/)
  t.notRegex(reports[0]?.message ?? '', /insert into|values/i)
})
