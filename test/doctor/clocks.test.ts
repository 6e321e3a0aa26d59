import test from 'ava'
import { readDatabaseClock } from '../../src/database/clock.ts'
import { createDatabase } from '../../src/database/database.ts'
import { aheadBy } from '../../src/doctor/clocks.ts'
import { openDatabase } from '../../src/server/database.ts'
import { freshDatabase } from '../support/database.ts'

const NOON = Date.UTC(2026, 0, 1, 12)

/** A clock of ours that goes on by `taken` milliseconds while the other is read. */
function ours(taken: number): () => number {
  const moments = [NOON, NOON + taken]
  return () => moments.shift() ?? 0
}

for (const [name, theirs, taken, ahead] of [
  ['the same', NOON, 10, 0],
  ['the second that has begun, told late in it', NOON - 999, 3, 0],
  ['read in the midst of three seconds', NOON + 2000, 3000, 0],
  ['a minute ahead', NOON + 60_000, 1000, 59_000],
  ['a minute behind', NOON - 60_000, 1000, -58_000],
] as const) {
  test(`another clock: ${name}`, async t => {
    t.is(await aheadBy(async () => theirs, ours(taken)), ahead)
  })
}

test('a clock that cannot be read is none', async t => {
  t.is(await aheadBy(async () => null, ours(1)), null)
})

test('a database server tells its time, whatever the time zone; a file has none', async t => {
  const url = await freshDatabase(t)
  const knex = openDatabase(url)
  t.teardown(() => knex.destroy())
  const clock = () => readDatabaseClock(createDatabase(knex, 'connect_'))
  if (!/^(postgres|mysql)/.test(url)) return t.is(await clock(), null)
  t.is(await aheadBy(clock, Date.now), 0)
  const ahead = (await aheadBy(clock, () => Date.now() - 3_600_000)) ?? 0
  t.true(ahead > 3_590_000 && ahead <= 3_600_000, String(ahead))
})
