import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import test from 'ava'
import { type Action, ConnectError, type ConnectOptions, embeddedUsers, type User } from '../../src/index.ts'
import { APPLICATION_PASSWORDS, Client, formFields, shown } from '../support/client.ts'
import { rebuild } from '../support/rebuild.ts'
import { startSite } from '../support/site.ts'

const PROFILE = '/wp-admin/profile.php'

const create = async (client: Client, name: string, page = PROFILE) => {
  const form = formFields((await client.get(page)).text, 'id="do_new_application_password"')
  return client.send('POST', page, { form: { ...form, new_application_password_name: name } })
}
const names = (html: string) =>
  [...shown(html).matchAll(/class="name"[^>]*>\s*<bdi>([^<]*)<\/bdi>/g)].map(([, name]) => name)

test('/wp-admin/ redirects to the profile, and the profile to the login', async t => {
  const site = await startSite(t)
  const nobody = await site.client()
  t.is((await nobody.get('/wp-admin/')).headers.get('location'), PROFILE)
  t.is((await nobody.get('/wp-admin')).headers.get('location'), PROFILE)
  t.regex((await nobody.get(PROFILE)).headers.get('location') ?? '', /^\/wp-login\.php\?redirect_to=/)
})

test('the list is newest first, and shows when and from where each was last used', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const name of ['first', 'second', 'third']) await create(owner, name)
  const { password } = await owner.createPassword('fourth')
  // As a socket has it that listens for both families.
  await site.connect.verifyCredentials('admin', password, '::ffff:203.0.113.7')
  const { text } = await owner.get(PROFILE)
  t.deepEqual(names(text), ['fourth', 'third', 'second', 'first'])
  t.regex(text, /[^:]203\.0\.113\.7/)
  await site.connect.verifyCredentials('admin', password, 'unix:'.repeat(100))
  t.false((await owner.get(PROFILE)).text.includes('unix:'))
})

test('application passwords of the same name are numbered, on the page and before they are revoked', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const name of ['Zapier', 'n8n', 'Zapier', 'Zapier <b>']) await create(owner, name)
  const { text } = await owner.get(PROFILE)
  const rows = [
    ...shown(text).matchAll(/class="name"[^>]*><bdi>([^<]*)<\/bdi><span class="number"[^>]*>([^<]*)<\/span>/g),
  ]
  t.deepEqual(
    rows.map(([, name = '', number = '']) => name + number),
    ['Zapier (3)', 'Zapier (2)', 'n8n', 'Zapier'],
  )
  t.is(text.match(/aria-label="Revoke &quot;Zapier&quot;"/g)?.length, 3, 'the accessible name is WordPress’s')

  const admin = (await site.accounts.findByLogin('admin')) ?? t.fail('no admin')
  const list = (await site.connect.applicationPasswords.list(admin)).filter(({ name }) => name === 'Zapier')
  const questions = await Promise.all(
    list.map(async ({ uuid }) => {
      const confirm = await owner.get(`${PROFILE}?${new URLSearchParams({ action: 'revoke', uuid })}`)
      return /<h1>(.*?)<\/h1>/.exec(confirm.text)?.[1]?.replace(/<.?bdi>/g, '')
    }),
  )
  t.deepEqual(questions, ['Revoke “Zapier”?', 'Revoke “Zapier (2)”?', 'Revoke “Zapier (3)”?'])
})

test('rename, revoke and revoke all work by forms, each with a notice', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const name of ['a', 'b', 'c']) await create(owner, name)
  const page = (await owner.get(PROFILE)).text
  const follow = async ({ status, headers }: { status: number; headers: Headers }) => {
    t.is(status, 303)
    return (await owner.get(headers.get('location') ?? '')).text
  }

  const rename = formFields(page, 'value="c"')
  const renamed = await follow(await owner.send('POST', PROFILE, { form: { ...rename, name: 'see' } }))
  t.regex(renamed, /role="alert"[^>]*>\s*<p>Application password renamed\./)
  t.deepEqual(names(renamed), ['see', 'b', 'a'])

  const revoke = formFields(page, 'aria-label="Revoke &quot;b&quot;"')
  const confirm = (await owner.get(`${PROFILE}?${new URLSearchParams(revoke)}`)).text
  t.regex(confirm, /cannot be undone/)
  t.deepEqual(names((await owner.get(PROFILE)).text), ['see', 'b', 'a'], 'asking changes nothing')
  const revoked = await follow(await owner.send('POST', PROFILE, { form: formFields(confirm, 'name="_wpnonce"') }))
  t.deepEqual(names(revoked), ['see', 'a'])

  const confirmAll = (await owner.get(`${PROFILE}?action=revoke-all`)).text
  const none = await follow(await owner.send('POST', PROFILE, { form: formFields(confirmAll, 'name="_wpnonce"') }))
  t.regex(none, /All application passwords revoked\./)
  t.deepEqual(names(none), [])
})

test('the token for revoking one password revokes no other', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const [one, two] = [await owner.createPassword('one'), await owner.createPassword('two')]
  const confirm = formFields((await owner.get(`${PROFILE}?action=revoke&uuid=${one.uuid}`)).text, 'name="_wpnonce"')
  t.is((await owner.send('POST', PROFILE, { form: { ...confirm, uuid: two.uuid } })).status, 403)
  t.is((await owner.send('POST', PROFILE, { form: { ...confirm, action: 'revoke-all' } })).status, 403)
  t.is((await owner.rest('GET', APPLICATION_PASSWORDS)).json.length, 2)
})

test('an error that the form can fix is shown on the page; a password that is gone is a 404', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const empty = await create(owner, '<b> </b>')
  t.is(empty.status, 400)
  t.regex(empty.text, /role="alert"[^>]*>\s*<p>Enter a name for the application password/)
  t.is((await create(owner, 'x'.repeat(201))).status, 400)
  t.is((await owner.get(`${PROFILE}?action=revoke&uuid=${randomUUID()}`)).status, 404)
})

test('an administrator manages other users on user-edit.php, and other users cannot', async t => {
  const site = await startSite(t)
  const [owner, editor, sam] = await Promise.all([site.client('admin'), site.client('ed'), site.client('sam')])
  const page = '/wp-admin/user-edit.php?user_id=3'
  t.is((await create(owner, 'for sam', page)).status, 200)
  t.deepEqual(names((await sam.get(PROFILE)).text), ['for sam'])
  t.deepEqual(names((await owner.get(PROFILE)).text), [])
  t.is((await editor.get(page)).status, 403)
  const form = formFields((await editor.get(PROFILE)).text, 'id="do_new_application_password"')
  t.is((await editor.send('POST', page, { form: { ...form, new_application_password_name: 'x' } })).status, 403)
  t.is((await owner.get('/wp-admin/user-edit.php?user_id=999')).status, 404)
  // Also in the spellings that routers take for the same page: what was meant for somebody else must not be done to oneself.
  for (const spelling of ['/wp-admin/USER-EDIT.php?user_id=3', '/wp-admin/user-edit.php/?user_id=3']) {
    t.regex((await owner.get(spelling)).text, /name="user_id" value="3"/, spelling)
    t.is((await editor.get(spelling)).status, 403, spelling)
  }
  t.is((await editor.get('/wp-admin/user-edit.php?user_id=2')).status, 200)

  const confirm = (await owner.get(`${page}&action=revoke-all`)).text
  const done = await owner.send('POST', page, { form: formFields(confirm, 'name="_wpnonce"') })
  t.is(done.headers.get('location'), `${page}&notice=all-revoked`)
  t.deepEqual(names((await sam.get(PROFILE)).text), [])
})

test('notices come from a fixed list, and not from the URL', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const notice of ['<script>', 'constructor', '__proto__', 'toString', 'nothing']) {
    const { status, text } = await owner.get(`${PROFILE}?notice=${encodeURIComponent(notice)}`)
    t.is(status, 200)
    t.notRegex(shown(text), /role="alert"/, notice)
  }
})

test('markup that got into a name some other way is shown as text', async t => {
  const site = await startSite(t)
  const { applicationPassword } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'x')
  const name = '"><img src=x onerror=alert(1)>{{7*7}}'
  await site.knex('connect_application_passwords').where({ uuid: applicationPassword.uuid }).update({ name })
  const { text } = await (await site.client('admin')).get(PROFILE)
  t.notRegex(text, /<img/)
  t.true(text.includes('&lt;img src=x'))
  t.true(text.includes('{{7*7}}'))
})

test('a new password is shown with site URL, user name, help, and a curl command that works as it is', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { text } = await create(owner, 'Zapier')
  const unescaped = (html = '') => html.replaceAll('&quot;', '"')
  const field = (id: string) =>
    unescaped(new RegExp(`id="new-application-password-${id}"[^>]*\\svalue="([^"]*)"`, 's').exec(text)?.[1])
  const curl = unescaped(/<textarea id="new-application-password-curl"[^>]*>\n([^<]*)</.exec(text)?.[1])
  t.is(field('site'), site.url)
  t.is(field('user'), 'admin')
  t.true(curl.includes(field('value')))
  t.is(
    JSON.parse((await promisify(execFile)('sh', ['-c', `${curl} --silent`], { timeout: 60_000 })).stdout).slug,
    'admin',
  )
  t.regex(shown(text), /<summary>Where do I enter this\?<\/summary>/)
  t.notRegex(shown((await owner.get(PROFILE)).text), /new-application-password-value/, 'shown this once')

  await rebuild(site, { pages: { help: '/help/apps' } })
  const helped = shown((await create(owner, 'n8n')).text)
  t.regex(helped, /<a href="\/help\/apps">Where do I enter this\?<\/a>/)
  t.notRegex(helped, /<summary>Where do I enter/)
})

test('an error page keeps the header of the logged-in user', async t => {
  const site = await startSite(t)
  const header = /<header.*<bdi>admin<\/bdi>.*>Log out<\/a>.*<\/header>/s
  const owner = await site.client('admin')
  for (const page of ['/wp-admin/user-edit.php?user_id=99', '/apps/unknown', '/me/security/connected-apps/9'])
    t.regex((await owner.get(page)).text, header, page)
  t.notRegex((await (await site.client()).get('/oauth2/authorize?client_id=x')).text, /Log out/)
})

/** The site, where `can` allows these only; `asked` are its calls. */
function allowing(allowed: readonly Action[], asked: Action[] = []): Partial<ConnectOptions> {
  const can = (_user: User, action: Action) => {
    asked.push(action)
    return allowed.includes(action)
  }
  return { users: parts => ({ ...embeddedUsers()(parts), can }) }
}

test('actions that can() forbids are offered neither in forms nor to the script', async t => {
  const site = await startSite(t)
  await (await site.client('sam')).createPassword('Zapier')
  const owner = await site.client('admin')
  const controls = {
    create_app_password: 'id="do_new_application_password"',
    edit_app_password: 'class="rename-application-password"',
    delete_app_password: 'aria-label="Revoke &quot;Zapier&quot;"',
    delete_app_passwords: 'id="revoke-all-application-passwords"',
  } as const
  const actions = Object.keys(controls) as (keyof typeof controls)[]
  for (const action of [...actions, null]) {
    const asked: Action[] = []
    await rebuild(site, allowing(['list_app_passwords', ...(action ? [action] : [])], asked))
    const { status, text } = await owner.get('/wp-admin/user-edit.php?user_id=3')
    t.is(status, 200)
    t.regex(text, /<bdi>Zapier<\/bdi>/)
    t.deepEqual(
      actions.filter(each => text.includes(controls[each])),
      action ? [action] : [],
    )
    t.deepEqual(asked.toSorted(), ['list_app_passwords', ...actions].toSorted(), 'each is asked once')
  }
})

test('actions for which can() throws are not offered, whatever the status of the error', async t => {
  const site = await startSite(t)
  const owner = await site.client('sam')
  await rebuild(site, {
    users: parts => ({
      ...embeddedUsers()(parts),
      can(_user, action) {
        if (action !== 'create_app_password') return true
        throw new ConnectError('rest_cannot_create_application_passwords')
      },
    }),
  })
  const { status, text } = await owner.get(PROFILE)
  t.is(status, 200)
  t.notRegex(text, /do_new_application_password/)
})

test('a form that is sent again, or twice at once, creates one application password', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const fields = formFields((await owner.get(PROFILE)).text, 'id="do_new_application_password"')
  const form = { ...fields, new_application_password_name: 'Once' }
  const send = () => owner.send('POST', PROFILE, { form })
  const statuses = (await Promise.all([send(), send()])).map(({ status }) => status)
  t.deepEqual(statuses.sort(), [200, 400])
  const again = await send()
  t.is(again.status, 400)
  t.regex(again.text, /You already sent this form/)
  t.deepEqual(names((await owner.get(PROFILE)).text), ['Once'])
  await create(owner, 'Another')
  t.deepEqual(names((await owner.get(PROFILE)).text), ['Another', 'Once'])
})

test('a form that is sent to two processes at once creates one application password', async t => {
  const site = await startSite(t)
  const second = await startSite(t, { DATABASE_URL: site.databaseUrl, SITE_URL: site.url })
  const owner = await site.client('admin')
  const fields = formFields((await owner.get(PROFILE)).text, 'id="do_new_application_password"')
  const there = new Client(second.url)
  for (const [name, value] of owner.cookies) there.cookies.set(name, value)
  const send = (client: Client) =>
    client.send('POST', PROFILE, { form: { ...fields, new_application_password_name: 'Once' } })
  const statuses = (await Promise.all([send(owner), send(there)])).map(({ status }) => status)
  t.deepEqual(statuses.sort(), [200, 400])
  t.deepEqual(names((await owner.get(PROFILE)).text), ['Once'])
})
