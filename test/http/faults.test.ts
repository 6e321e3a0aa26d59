import test from 'ava'
import { APPLICATION_PASSWORDS, basic, formFields, ME } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('database down: 503 with Retry-After on every path, never a rejection; afterwards all works again', async t => {
  const site = await startSite(t)
  const reported: unknown[] = []
  site.app.on('error', error => reported.push(error))
  const owner = await site.client('admin')
  const { password } = await owner.createPassword()
  const nonce = await owner.nonce()
  const create = formFields((await owner.get('/wp-admin/profile.php')).text, 'id="do_new_application_password"')
  const { knex } = site
  const tables = ['connect_application_passwords', 'connect_users', 'connect_sessions']
  for (const table of tables) await knex.schema.renameTable(table, `${table}_away`)

  const script = await site.client()
  const answers = {
    basic: await script.get(ME, { headers: basic('admin', password) }),
    'wrong basic': await script.get(ME, { headers: basic('admin', 'nope') }),
    'own API': await script.get('/api/posts', { headers: basic('admin', password) }),
    session: await owner.get(ME, { headers: { 'x-wp-nonce': nonce } }),
    profile: await owner.get('/wp-admin/profile.php'),
    create: await owner.send('POST', '/wp-admin/profile.php', {
      form: { ...create, new_application_password_name: 'x' },
    }),
    authorize: await owner.get('/wp-admin/authorize-application.php?app_name=x'),
    'log in': await script.send('POST', '/wp-login.php', { form: { log: 'admin', pwd: 'x' } }),
    ajax: await owner.get('/wp-admin/admin-ajax.php?action=rest-nonce'),
  }
  for (const [what, { status, headers, text }] of Object.entries(answers)) {
    t.is(status, 503, what)
    t.is(headers.get('retry-after'), '5', what)
    t.regex(text, /database_unavailable/, what)
    t.notRegex(text, /connect_|SQLITE|select/i, `${what}: nothing of the database's own words`)
  }
  t.true(reported.length >= Object.keys(answers).length, 'the host hears what really happened')
  t.false(JSON.stringify(reported.map(error => (error as Error).message)).includes('$generic$'))

  for (const table of tables) await knex.schema.renameTable(`${table}_away`, table)
  t.is((await script.get(ME, { headers: basic('admin', password) })).status, 200)
  t.is((await owner.rest('GET', APPLICATION_PASSWORDS)).json.length, 1)
})

test('last uses that cannot be written now are written later', async t => {
  const site = await startSite(t)
  const errors: unknown[] = []
  site.connect.on('error', ({ error }) => void errors.push(error))
  const owner = await site.client('admin')
  const { uuid, password } = await owner.createPassword()
  const { knex } = site
  await (await site.client()).get(ME, { headers: basic('admin', password) })
  await knex.schema.renameTable('connect_application_passwords', 'away')
  await site.connect.close()
  t.is(errors.length, 1)
  await knex.schema.renameTable('away', 'connect_application_passwords')
  await site.connect.close()
  t.truthy((await knex('connect_application_passwords').where({ uuid }).first()).last_used)
})

test('a host’s own error is not changed', async t => {
  const site = await startSite(t)
  const script = await site.client()
  site.connect.filter('application-passwords-available', () => {
    throw new Error('a filter of the host')
  })
  t.is((await script.get('/wp-json/')).status, 500)
})
