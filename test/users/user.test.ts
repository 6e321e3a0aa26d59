import test, { type ExecutionContext } from 'ava'
import Koa from 'koa'
import { createConnect, type User, type Users } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { Client } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { listen } from '../support/listen.ts'
import { SECRET } from '../support/site.ts'

const PEOPLE: User[] = [
  { id: 'boss', login: 'boss', roles: ['editor', 'administrator'] },
  { id: 'ann', login: 'ann', roles: ['editor'] },
  { id: 'bob', login: 'bob' },
]

/** A host with people of its own; whom the browser is, a cookie says. */
async function startHost(t: ExecutionContext, can?: Users['can'], more: Partial<Users> = {}) {
  const find = async (id: string) => PEOPLE.find(person => person.id === id) ?? null
  const { url, answer } = await listen(t)
  const knex = openDatabase(await freshDatabase(t))
  const connect = await createConnect({
    knex,
    site: { url, name: 'Host' },
    secret: SECRET,
    users: {
      current: ctx => find(ctx.cookies.get('person') ?? ''),
      find,
      findByLogin: find,
      loginUrl: () => '/log-in',
      ...(can && { can }),
      ...more,
    },
    environment: 'local',
  })
  await connect.migrate()
  const app = new Koa().use(connect.middleware())
  app.silent = true
  answer(app.callback())
  t.teardown(async () => {
    await connect.close()
    await knex.destroy()
  })
  const client = (person: string) => {
    const made = new Client(url)
    made.cookies.set('person', person)
    return made
  }
  return { connect, client }
}

/** Every action of one person on another's passwords, over HTTP: the code of each refusal, or the status. */
async function everyAction(t: ExecutionContext, can: Users['can'] | undefined, who: string, whom: string) {
  const { connect, client } = await startHost(t, can)
  const { applicationPassword } = await connect.applicationPasswords.create({ id: whom, login: whom }, 'There')
  const path = `/wp-json/wp/v2/users/${whom}/application-passwords`
  const one = `${path}/${applicationPassword.uuid}`
  const browser = client(who)
  const json = { name: 'New' }
  const answers = [
    await browser.rest('GET', path),
    await browser.rest('POST', path, { json }),
    await browser.rest('GET', one),
    await browser.rest('PUT', one, { json }),
    await browser.rest('DELETE', one),
    await browser.rest('DELETE', path),
  ]
  return answers.map(({ status, json: { code } }) => (code ? `${status} ${code}` : status))
}

const ALL = [200, 201, 200, 200, 200, 200]
const NONE = [
  '403 rest_cannot_list_application_passwords',
  '403 rest_cannot_create_application_passwords',
  '403 rest_cannot_read_application_password',
  '403 rest_cannot_edit_application_password',
  '403 rest_cannot_delete_application_password',
  '403 rest_cannot_delete_application_passwords',
]

test('without can(), users manage their own application passwords, as in WordPress', async t => {
  t.deepEqual(await everyAction(t, undefined, 'bob', 'bob'), ALL)
  t.deepEqual(await everyAction(t, undefined, 'ann', 'ann'), ALL)
})

test('without can(), users do not manage those of others, whatever their role', async t => {
  t.deepEqual(await everyAction(t, undefined, 'bob', 'ann'), NONE)
  t.deepEqual(await everyAction(t, undefined, 'ann', 'bob'), NONE)
  t.deepEqual(await everyAction(t, undefined, 'ann', 'boss'), NONE)
})

test('without can(), administrators manage everyone’s', async t => {
  t.deepEqual(await everyAction(t, undefined, 'boss', 'bob'), ALL)
})

test('can() overrides the defaults, for users themselves and for administrators', async t => {
  const asked: string[] = []
  const can: Users['can'] = (user, action, target) => {
    asked.push(`${user.login} ${action} ${target.login}`)
    return action === 'list_app_passwords'
  }
  t.deepEqual(await everyAction(t, can, 'boss', 'bob'), [200, ...NONE.slice(1)])
  t.true(asked.includes('boss create_app_password bob'))
  t.deepEqual(await everyAction(t, async () => false, 'ann', 'ann'), NONE)
})

test('a user whom find() no longer returns is rejected, even if findByLogin() still returns them', async t => {
  const suspended = new Set<string>()
  const find = async (id: string) => PEOPLE.find(person => person.id === id && !suspended.has(id)) ?? null
  const knex = openDatabase(await freshDatabase(t))
  const connect = await createConnect({
    knex,
    site: { url: 'https://example.com', name: 'Host' },
    secret: SECRET,
    users: {
      current: async () => null,
      find,
      findByLogin: async login => PEOPLE.find(person => person.login === login) ?? null,
      loginUrl: () => '/log-in',
    },
  })
  t.teardown(async () => {
    await connect.close()
    await knex.destroy()
  })
  await connect.migrate()
  const { password } = await connect.applicationPasswords.create({ id: 'ann', login: 'ann' }, 'Script')
  t.is((await connect.verifyCredentials('ann', password, null)).user.id, 'ann')
  suspended.add('ann')
  await t.throwsAsync(connect.verifyCredentials('ann', password, null), { code: 'incorrect_password' })
  suspended.clear()
  await t.notThrowsAsync(connect.verifyCredentials('ann', password, null))
})

test('pictures and author pages are the host’s choice, and may be none', async t => {
  const me = async (more: Partial<Users>) => {
    const { client } = await startHost(t, undefined, more)
    return (await client('ann').rest('GET', '/wp-json/wp/v2/users/me')).json
  }
  const none = await me({ avatarUrl: () => null, profileUrl: () => null })
  t.false('avatar_urls' in none)
  t.is(none.link, '')
  const own = await me({
    avatarUrl: ({ id }, size) => `https://pictures.example/${id}/${size}`,
    profileUrl: ({ login }) => `https://host.example/@${login}`,
  })
  t.is(own.link, 'https://host.example/@ann')
  t.is(own.avatar_urls[48], 'https://pictures.example/ann/48')
  t.regex((await me({})).avatar_urls[96], /^https:\/\/secure\.gravatar\.com\//)
})

test('a mistake in the host’s users is reported as the host’s error, on every page and route', async t => {
  const { client } = await startHost(t, undefined, {
    current: async () => ({ id: 'ann', login: 'ann', roles: 'admin' }) as unknown as User,
  })
  for (const path of ['/wp-admin/profile.php', '/wp-json/wp/v2/users/me?context=edit'])
    t.is((await client('ann').get(path, { headers: { 'x-wp-nonce': 'x' } })).status, 500, path)
})
