import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { generatePassword } from '../../src/application-passwords/password.ts'
import { fastHash, loadFastHash } from '../../src/crypto/fast-hash.ts'
import { openDatabase } from '../../src/server/database.ts'
import { phpSerialize } from '../../src/transfer/php/serialize.ts'
import { commandLine } from '../cli/command-line.ts'
import { type Answer, APPLICATION_PASSWORDS, basic, Client, ME } from '../support/client.ts'
import { authorize, bearer, connectApp, redeem, refresh } from '../support/oauth.ts'
import { at, register, startProcesses } from '../support/processes.ts'
import { PASSWORD, SECRET } from '../support/site.ts'
import { entry } from '../support/wordpress.ts'

/** Which of the two comes first differs from trial to trial; what holds afterwards must not. */
const TRIALS = 12

test('an application deleted by another process during its token requests: no token of it works afterwards', async t => {
  const { one, two, url, ok, browser, environment } = await startProcesses(t)
  await browser.login('admin', PASSWORD)
  const knex = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => knex.destroy())
  const seen = new Set<string>()
  for (let trial = 0; trial < TRIALS; trial++) {
    const app = await register(ok)
    const tokens = await connectApp({ url }, browser, app)
    const code = await authorize(browser, app)
    const deletion = ok('client', 'delete', app.id, '--yes')
    // Later in each trial, until the deletion is over before the requests begin.
    for (let before = 0; before < trial; before++) await two.client.get('/wp-json/')
    const answers: Answer[] = await Promise.all([
      refresh(one, app, tokens.refresh_token),
      redeem(two, app, code),
      refresh(two, app, tokens.refresh_token),
    ])
    await deletion
    const access = [tokens.access_token]
    for (const { status, json, text } of answers) {
      seen.add(status === 200 ? '200' : `${status} ${json.error}`)
      if (status === 200) access.push(json.access_token)
      else t.regex(`${status} ${json.error}`, /^(401 invalid_client|400 invalid_grant)$/, text)
    }
    for (const served of [one, two]) {
      for (const token of access) t.is((await served.client.get(ME, { headers: bearer(token) })).status, 401)
      const { status, json } = await refresh(served, app, tokens.refresh_token)
      t.deepEqual([status, json.error], [401, 'invalid_client'])
    }
    t.deepEqual(await knex('connect_oauth_grants').where('client_id', app.id), [])
  }
  t.log([...seen].sort().join(', '))
})

test('an application password renamed by one process while another revokes it stays revoked', async t => {
  const { one, two, browser } = await startProcesses(t)
  await browser.login('admin', PASSWORD)
  const headers = { 'x-wp-nonce': await browser.nonce() }
  const owners = [at(one, browser), at(two, browser)]
  const seen = new Set<string>()
  for (let trial = 0; trial < TRIALS; trial++) {
    const [renamer, revoker] = trial % 2 === 0 ? owners : owners.toReversed()
    const { uuid, password } = await browser.createPassword('Before')
    const path = `${APPLICATION_PASSWORDS}/${uuid}`
    const rename = () => renamer?.send('POST', path, { headers, json: { name: `After ${trial}` } })
    const revoke = () => revoker?.send('DELETE', path, { headers })
    const [renamed, revoked] = await Promise.all([rename(), revoke()])
    seen.add(`${renamed?.status}`)
    t.is(revoked?.status, 200, revoked?.text)
    t.true(renamed?.status === 200 || renamed?.json.code === 'rest_application_password_not_found', renamed?.text)
    for (const { url } of [one, two]) {
      const owner = at({ url }, browser)
      t.deepEqual((await owner.send('GET', APPLICATION_PASSWORDS, { headers })).json, [])
      // Past the limit of failures, a refusal is 429.
      const { status } = await new Client(url).get(ME, { headers: basic('admin', password) })
      t.true(status === 401 || status === 429, `${status}`)
    }
  }
  t.log(`renamed: ${[...seen].sort().join(', ')}`)
})

const ACCOUNT_HASH = '$wp$2y$10$BWSWPrkAaZnDWD8kmlix1.g0mnKV.6jAJsO.fMbk2v9zsudYC2iVS'

/** A dump of a WordPress with these users, each with application passwords. */
function dumpOf(logins: readonly string[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const users = logins.map(
    (login, i) =>
      `(${i + 1},${quote(login)},'${ACCOUNT_HASH}','${login}@example.com','2020-01-01 00:00:00',${quote(login)})`,
  )
  const passwords = () =>
    phpSerialize(
      new Map(
        Array.from({ length: 3 }, (_, i) => {
          const members = entry({ uuid: randomUUID(), password: fastHash(generatePassword()) })
          return [i, new Map(Object.entries(members))]
        }),
      ),
    )
  const meta = logins.flatMap((_, i) => [
    `(${2 * i + 1},${i + 1},'wp_capabilities','a:1:{s:6:"author";b:1;}')`,
    `(${2 * i + 2},${i + 1},'_application_passwords',${quote(passwords())})`,
  ])
  return `CREATE TABLE wp_users (ID int, user_login text, user_pass text, user_email text, user_registered text, display_name text);
INSERT INTO wp_users VALUES ${users.join(',')};
CREATE TABLE wp_usermeta (umeta_id int, user_id int, meta_key text, meta_value text);
INSERT INTO wp_usermeta VALUES ${meta.join(',')};
`
}

test('users deleted by one process while another imports their application passwords: none is left without its user', async t => {
  t.timeout(180_000)
  await loadFastHash()
  const { directory, spawned, ok, environment } = await commandLine(t, { CONNECT_SECRET: SECRET })
  await ok('migrate')
  const knex = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => knex.destroy())
  const logins = Array.from({ length: 120 }, (_, i) => `user${i}`)
  const file = join(directory, 'wordpress.sql')
  for (let trial = 0; trial < 3; trial++) {
    await writeFile(file, dumpOf(logins))
    await ok('import', 'wordpress', `--from=${file}`)
    // Others than those that the users have.
    await writeFile(file, dumpOf(logins))
    const deleted = trial % 2 === 0 ? logins : logins.toReversed()
    const [imported, removed] = await Promise.all([
      spawned(['import', 'wordpress', `--from=${file}`]),
      spawned(['user', 'delete', '--yes', ...deleted]),
    ])
    t.is(imported.stderr.includes(' at '), false, imported.stderr)
    t.is(removed.code, 0, removed.stderr)
    const ids = (await knex('connect_users').pluck('id')).map(String)
    t.deepEqual(await knex('connect_application_passwords').whereNotIn('user_id', ids).select('name', 'user_id'), [])
    const left = await knex('connect_users').whereIn('login', logins).pluck('login')
    t.log(`${left.length} users imported again, ${imported.stdout.trim().split('\n').at(-1)}`)
    if (left.length > 0) await ok('user', 'delete', '--yes', ...left)
  }
})
