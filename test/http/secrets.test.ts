import test from 'ava'
import { APPLICATION_PASSWORDS, basic, formFields, ME } from '../support/client.ts'
import { collectOutput } from '../support/output.ts'
import { PASSWORD, SECRET, startSite } from '../support/site.ts'

test('after a full run, the database dump and the logs contain no secret', async t => {
  const logged = collectOutput(t)
  const site = await startSite(t)
  site.app.silent = false
  const secrets = new Set([PASSWORD, SECRET])
  const keep = (secret: string) => {
    secrets.add(secret)
    secrets.add(secret.replaceAll(' ', ''))
  }

  const owner = await site.logIn('admin')
  const script = await site.client()
  for (const cookie of owner.cookies.values()) keep(cookie)
  keep(await owner.nonce())
  const first = await owner.createPassword('REST')
  keep(first.password)
  const create = formFields((await owner.get('/wp-admin/profile.php')).text, 'id="do_new_application_password"')
  keep(create._wpnonce ?? '')
  const shown = await owner.send('POST', '/wp-admin/profile.php', {
    form: { ...create, new_application_password_name: 'Form' },
  })
  keep(/id="new-application-password-value"[^>]*value="([^"]*)"/s.exec(shown.text)?.[1] ?? t.fail('no password'))
  const query = 'app_name=App&success_url=https%3A%2F%2Fa.example%2Fcb'
  const authorize = formFields((await owner.get(`/wp-admin/authorize-application.php?${query}`)).text, 'name="app_id"')
  const approved = await owner.send('POST', '/wp-admin/authorize-application.php', {
    form: { ...authorize, approve: 'y' },
  })
  const sent = new URL(approved.headers.get('location') ?? '').searchParams.get('password') ?? t.fail('no password')
  keep(sent)
  t.is(approved.text, '', 'a redirect repeats no password in its body')
  keep('wrong guess 12345')
  await script.get(ME, { headers: basic('admin', 'wrong guess 12345') })
  await script.send('POST', '/wp-login.php', { form: { log: 'admin', pwd: 'wrong guess 12345' } })
  for (const password of [first.password, sent])
    t.is((await script.get(ME, { headers: basic('admin', password) })).status, 200)

  const { knex } = site
  const reported: unknown[] = []
  site.app.on('error', error => reported.push(error))
  await knex.schema.renameTable('connect_application_passwords', 'away')
  t.is((await script.get(ME, { headers: basic('admin', first.password) })).status, 503)
  t.is((await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'fails' } })).status, 503)
  await knex.schema.renameTable('away', 'connect_application_passwords')
  await site.connect.close()

  const dump: unknown[] = []
  for (const name of ['application_passwords', 'users', 'sessions', 'migrations'])
    dump.push(await knex(`connect_${name}`))
  const everything =
    JSON.stringify(dump) + logged.join('') + reported.map(error => String(error) + (error as Error).stack).join('')
  t.is((dump[0] as unknown[]).length, 3)
  t.true(reported.length >= 2)
  t.true(secrets.size >= 10)
  for (const secret of secrets) t.false(everything.includes(secret), secret)
})
