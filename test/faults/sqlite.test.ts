import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import test, { type ExecutionContext } from 'ava'
import { limits } from '../../src/database/database.ts'
import { type Answer, APPLICATION_PASSWORDS, basic, type Client, ME } from '../support/client.ts'
import { endWithProcess } from '../support/end-with-process.ts'
import { FOR_EVER, waitOnly } from '../support/limits.ts'
import { PASSWORD, startSite, type TestSite } from '../support/site.ts'

const isFile = !/^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '')
const testOnFile = isFile ? test.serial : test.serial.skip

testOnFile('while another process writes to the file, writes get 503 and do not happen later', async t => {
  const { site, owner, nonce, uuid } = await start(t)
  const headers = { 'x-wp-nonce': nonce }
  const form = { log: 'admin', pwd: PASSWORD }
  const visitor = await site.client()
  const lock = await lockOf(t, site)
  waitOnly(t, limits, 300)
  const writes = await Promise.all([
    owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: 'Locked out' } }),
    owner.send('PUT', `${APPLICATION_PASSWORDS}/${uuid}`, { headers, json: { name: 'Renamed' } }),
    owner.send('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`, { headers }),
    visitor.send('POST', '/wp-login.php', { form }),
  ])
  for (const answer of writes) checkUnavailable(t, answer)
  waitOnly(t, limits, 5_000)
  await lock.release()
  t.deepEqual(await names(owner, nonce), ['Test'])
  t.is((await owner.send('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`, { headers })).status, 200)
})

testOnFile('a short lock is waited for, and reads work meanwhile', async t => {
  const { site, owner, nonce, password } = await start(t)
  const headers = { 'x-wp-nonce': nonce }
  const lock = await lockOf(t, site)
  waitOnly(t, limits, FOR_EVER)
  const isRefused = once(site.knex, 'query-error')
  let isCreated = false
  const created = owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: 'Late' } }).finally(() => {
    isCreated = true
  })
  await isRefused
  const read = () => owner.get(ME, { headers: basic('admin', password) })
  for (const { status } of await Promise.all(Array.from({ length: 50 }, read))) t.is(status, 200)
  t.deepEqual(await names(owner, nonce), ['Test'])
  t.false(isCreated)
  await lock.release()
  t.is((await created).status, 201)
  t.deepEqual((await names(owner, nonce)).sort(), ['Late', 'Test'])
})

testOnFile('a file without WAL, where readers are locked out too: 503 after seconds, never a rejection', async t => {
  const { site, owner, password } = await start(t)
  await site.knex.raw('PRAGMA journal_mode = DELETE')
  const lock = await lockOf(t, site)
  waitOnly(t, limits, 300)
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => owner.get(ME, { headers: basic('admin', password) })),
  )
  for (const answer of answers) checkUnavailable(t, answer)
  waitOnly(t, limits, 5_000)
  await lock.release()
  t.is((await owner.get(ME, { headers: basic('admin', password) })).status, 200)
})

testOnFile('a full disk: writes get 503 and leave nothing behind, reads work', async t => {
  const { site, owner, nonce, password } = await start(t)
  const headers = { 'x-wp-nonce': nonce }
  const [{ page_count: pages }] = (await site.knex.raw('PRAGMA page_count')) as [{ page_count: number }]
  await site.knex.raw(`PRAGMA max_page_count = ${pages}`)
  const made: string[] = ['Test']
  let full: Answer | undefined
  // Until the pages that are there are full.
  for (let tries = 0; tries < 2_000 && !full; tries++) {
    const name = `${tries} `.padEnd(190, 'x')
    const answer = await owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name } })
    if (answer.status === 201) made.push(name)
    else full = answer
  }
  checkUnavailable(t, full as Answer)
  t.deepEqual((await names(owner, nonce)).sort(), made.sort())
  t.is((await owner.get(ME, { headers: basic('admin', password) })).status, 200)
  t.is((await owner.send('DELETE', APPLICATION_PASSWORDS, { headers })).status, 200, 'what makes room is possible')

  await site.knex.raw('PRAGMA max_page_count = 1000000')
  t.is((await owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: 'Room' } })).status, 201)
})

testOnFile('a read-only database: writes get 503, reads work', async t => {
  const { site, owner, nonce, password, uuid } = await start(t)
  const headers = { 'x-wp-nonce': nonce }
  await site.knex.raw('PRAGMA query_only = ON')
  const answers = [
    await owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: 'x' } }),
    await owner.send('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`, { headers }),
    await owner.send('DELETE', APPLICATION_PASSWORDS, { headers }),
    await (await site.client()).send('POST', '/wp-login.php', {
      form: { log: 'admin', pwd: PASSWORD },
    }),
  ]
  for (const answer of answers) checkUnavailable(t, answer)
  t.is((await owner.get(ME, { headers: basic('admin', password) })).status, 200)
  t.deepEqual(await names(owner, nonce), ['Test'])
  await site.knex.raw('PRAGMA query_only = OFF')
  t.is((await owner.send('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`, { headers })).status, 200)
})

async function start(t: ExecutionContext) {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const nonce = await owner.nonce()
  return { site, owner, nonce, ...(await owner.createPassword()) }
}

function checkUnavailable(t: ExecutionContext, { status, headers, text }: Answer): void {
  t.is(status, 503, text)
  t.is(headers.get('retry-after'), '5')
  t.regex(text, /database_unavailable/)
  t.notRegex(text, /SQLITE|connect_|insert/i, 'nothing of the database’s own words')
}

async function names(owner: Client, nonce: string): Promise<string[]> {
  const { json } = await owner.get(APPLICATION_PASSWORDS, { headers: { 'x-wp-nonce': nonce } })
  return json.map(({ name }: { name: string }) => name)
}

const HOLD = `
import knex from 'knex'
const [filename] = process.argv.slice(1)
const database = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true })
await database.raw('BEGIN EXCLUSIVE')
console.log('locked')
process.stdin.on('data', async () => {
  await database.raw('COMMIT')
  await database.destroy()
  process.exit()
})
`

/** Another process that holds the file's lock. */
async function lockOf(t: ExecutionContext, { databaseUrl }: TestSite) {
  const filename = databaseUrl.slice(databaseUrl.indexOf(':') + 1)
  const options: SpawnOptions = { stdio: ['pipe', 'pipe', 'inherit'] }
  const child = endWithProcess(spawn(process.execPath, ['--input-type=module', '-e', HOLD, filename], options))
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return {
    async release() {
      const ended = once(child, 'exit')
      child.stdin?.write('\n')
      await ended
    },
  }
}
