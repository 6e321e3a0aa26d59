import test, { type ExecutionContext } from 'ava'
import { createDatabase } from '../../src/database/database.ts'
import { createUserChanges } from '../../src/users/user-changes.ts'
import { startSite } from '../support/site.ts'

/** The changes of two processes with one database. */
async function twoProcesses(t: ExecutionContext) {
  const site = await startSite(t)
  const sibling = await startSite(t, { DATABASE_URL: site.databaseUrl })
  const [database, other] = [site, sibling].map(({ knex }) => createDatabase(knex, 'connect_'))
  if (!database || !other) throw new Error('there are two')
  return { database, here: createUserChanges(database), other, there: createUserChanges(other) }
}

test('without a change meanwhile, the creation is written', async t => {
  const { here } = await twoProcesses(t)
  const making = await here.begin('7')
  t.is(await making.write(async () => 'written'), 'written')
})

test('a creation that began before a change is rejected after it, in every process, and writes nothing', async t => {
  const { database, here, other, there } = await twoProcesses(t)
  const ofAnother = await there.begin('8')
  const [first, second] = [await here.begin('7'), await there.begin('7')]
  await other.transaction(on => there.note('7', on))
  for (const making of [first, second]) {
    const written = making.write(on => on('connect_sessions').insert({ id_hash: 'x', user_id: '7', expires: 0 }))
    await t.throwsAsync(written, { code: 'account_changed' })
  }
  t.deepEqual(await database.knex('connect_sessions'), [])
  t.is(await ofAnother.write(async () => 'of another user'), 'of another user')
  t.is(await (await here.begin('7')).write(async () => 'after it'), 'after it')
})

test('a change that fails changes nothing', async t => {
  const { database, here } = await twoProcesses(t)
  const making = await here.begin('7')
  const failing = database.transaction(async on => {
    await here.note('7', on)
    throw new Error('it could not be')
  })
  await t.throwsAsync(failing)
  t.is(await making.write(async () => 'written'), 'written')
})

test('creations and changes wait for each other, so that nothing is left over', async t => {
  const { database, here, other, there } = await twoProcesses(t)
  const left: number[] = []
  for (let trial = 0; trial < 10; trial++) {
    const making = await here.begin('7')
    const made = making.write(on => on('connect_sessions').insert({ id_hash: `${trial}`, user_id: '7', expires: 0 }))
    const ended = other.transaction(async on => {
      await there.note('7', on)
      await on('connect_sessions').where('user_id', '7').delete()
    })
    const [, { status }] = await Promise.allSettled([made, ended])
    t.is(status, 'fulfilled')
    left.push((await database.knex('connect_sessions')).length)
  }
  t.deepEqual(left, Array(10).fill(0))
})

test('once something is written nothing is left to fail', async t => {
  const { database, here } = await twoProcesses(t)
  const making = await here.begin('7')
  const statements: string[] = []
  database.knex.on('query', ({ sql }) => statements.push(sql))
  await making.write(on => on('connect_sessions').insert({ id_hash: 'x', user_id: '7', expires: 0 }))
  t.regex(statements.at(-1) ?? '', /^commit/i)
})

test('rows of users without changes for a day are deleted', async t => {
  const { database, here } = await twoProcesses(t)
  const table = database.knex('connect_user_changes')
  await table.clone().insert({ user_id: 'old', mark: 'x', touched: Math.floor(Date.now() / 1000) - 25 * 3600 })
  await (await here.begin('7')).write(async () => {})
  t.deepEqual(await table.clone().pluck('user_id'), ['7'])
  await table.clone().update({ mark: 'x', touched: Math.floor(Date.now() / 1000) - 25 * 3600 })
  t.is(await (await here.begin('7')).write(async () => 'by the old mark'), 'by the old mark')
})
