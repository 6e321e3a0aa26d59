import test from 'ava'
import { basic, Client, formFields, ME } from '../support/client.ts'
import { exampleFolder } from '../support/example.ts'
import { block } from '../support/markdown.ts'
import { freePort, ROOT, serve, shell } from '../support/shell.ts'
import { PASSWORD, startSite } from '../support/site.ts'

const PATH = 'docs/start/users.md'

test('a site with its own users', async t => {
  const folder = await exampleFolder(t, {
    'site.ts': block(PATH, 'ts', 'app.listen('),
    'connect.ts': block(PATH, 'ts', 'createConnect('),
    'people.ts': block(PATH, 'ts', 'export async function loggedIn'),
  })
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = { PORT: String(port), SITE_URL: `https://localhost:${port}` }
  await serve(t, block(PATH, 'sh', 'node site.ts'), url, { cwd: folder, env })

  // As the proxy says that the example is told to believe.
  const headers = { 'x-forwarded-proto': 'https' }
  const anna = new Client(url)
  const profile = await anna.get('/wp-admin/profile.php', { headers })
  const logIn = profile.headers.get('location') ?? ''
  t.is(logIn, `/login?next=${encodeURIComponent(`${env.SITE_URL}/wp-admin/profile.php`)}`)
  const send = (to: string, password: string) =>
    anna.send('POST', to, { headers, form: { nick: 'anna', password } }).then(answer => answer.headers.get('location'))
  t.is(await send(logIn, 'wrong'), null)
  t.is(await send('/login?next=https://evil.example/', 'correct horse battery staple'), '/')
  t.is(await send('/login?next=//', 'correct horse battery staple'), '/')
  t.is(await send(logIn, 'correct horse battery staple'), `${env.SITE_URL}/wp-admin/profile.php`)

  const page = await anna.get('/wp-admin/profile.php', { headers })
  const form = formFields(page.text, 'id="do_new_application_password"')
  const created = await anna.send('POST', '/wp-admin/profile.php', {
    headers,
    form: { ...form, new_application_password_name: 'Zapier' },
  })
  const password = /id="new-application-password-value"[^>]*value="([^"]*)"/s.exec(created.text)?.[1] ?? ''

  const script = new Client(url)
  for (const login of ['anna', 'Anna@Example.com']) {
    const posts = await script.get('/api/posts', { headers: { ...headers, ...basic(login, password) } })
    t.deepEqual(posts.json, { posts: [], seenBy: 'anna' })
  }
  const me = await script.get(`${ME}?context=edit`, { headers: { ...headers, ...basic('anna', password) } })
  t.like(me.json, { id: 1, username: 'anna', roles: ['administrator'] })
  t.is((await script.get('/api/posts', { headers: { ...headers, ...basic('nobody', password) } })).status, 401)
  t.is((await script.get('/api/posts', { headers })).json.code, 'rest_not_logged_in')
})

test('docs/start/mount.md: the commands work on this app, as shown', async t => {
  const folder = await exampleFolder(t, {
    'connect.ts': block(PATH, 'ts', 'createConnect('),
    'people.ts': block(PATH, 'ts', 'export async function loggedIn'),
  })
  const steps = block('docs/start/mount.md', 'console', '--app').split(/^\$ /m).filter(Boolean)
  const commands = steps.map(step => step.split('\n')[0] ?? '').join('\n')
  const { code, output } = await shell(commands.replaceAll('npx koa-wp-connect', `node ${ROOT}src/cli/main.ts`), {
    cwd: folder,
  })
  t.is(code, 0, output)
  const shown = steps.map(step => step.slice(step.indexOf('\n') + 1)).join('')
  const comparable = (text: string) => text.replace(/\b\w{24}\b/, '<password>')
  t.is(comparable(output), comparable(shown))
})

test('embedded users are created, changed and deleted', async t => {
  const site = await startSite(t)
  await site.accounts.delete((await site.accounts.findByLogin('sam'))?.id ?? '')
  const code = block(PATH, 'ts', 'accounts.create')
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  await new AsyncFunction('connect', code)(site.connect)
  t.is(await site.accounts.findByLogin('sam'), null)
  t.is((await (await site.client()).send('POST', '/wp-login.php', { form: { log: 'sam', pwd: PASSWORD } })).status, 401)
})
