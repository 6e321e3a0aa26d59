import test from 'ava'
import { basic, Client, formFields, ME } from '../support/client.ts'
import { block, read, tableRows } from '../support/markdown.ts'
import { startSite } from '../support/site.ts'

const PATH = 'docs/features/application-passwords.md'

test('an application’s request redirects back with a password', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const [, request = ''] = /\n(\/wp-admin\/authorize-application\.php\?.*?)\n```/s.exec(read(PATH)) ?? []
  const page = await sam.get(request.replace(/\s+/g, ''))
  const press = async (button: string) => {
    const form = { ...formFields(page.text, 'name="_wpnonce"'), [button]: '1' }
    const { headers } = await sam.send('POST', '/wp-admin/authorize-application.php', { form })
    return new URL(headers.get('location') ?? '')
  }
  t.is((await press('reject')).href, 'https://shop.example/no')
  const back = await press('approve')
  t.is(back.origin + back.pathname, 'https://shop.example/done')
  t.deepEqual([...back.searchParams.keys()], ['site_url', 'user_login', 'password'])
  const credentials = basic(back.searchParams.get('user_login') ?? '', back.searchParams.get('password') ?? '')
  t.is((await new Client(site.url).get(ME, { headers: credentials })).json.name, 'sam')
})

test('the table has every route and method', async t => {
  const site = await startSite(t)
  const { routes } = (await new Client(site.url).get('/wp-json/')).json
  const there = Object.entries(routes as Record<string, { methods: string[] }>)
    .filter(([route]) => route.includes('/application-passwords'))
    .map(([route, { methods }]) => [
      route.replace(/\(\?P<user_id>.*?\|me\)\)/, 'ID').replace(/\(\?P<uuid>.*\)/, 'UUID'),
      methods.toSorted(),
    ])
  const told = tableRows(PATH)
    .slice(1)
    .map(([route = '', methods = '']) => [
      route.replaceAll('`', ''),
      [...methods.matchAll(/`([A-Z]+)`/g)].map(([, method]) => method).sort(),
    ])
  t.deepEqual(told.sort(), there.sort())
})

test('a host creates and revokes one from its own code', async t => {
  const site = await startSite(t)
  const sam = await site.accounts.findByLogin('sam')
  const said: string[] = []
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const code = block(PATH, 'ts', 'applicationPasswords.create')
  const log = (line: string) => said.push(line)
  await new AsyncFunction('connect', 'id', 'console', code)(site.connect, String(sam?.id), { log })
  const [, password = ''] = /^Shown once: (.*)$/.exec(said[0] ?? '') ?? []
  t.regex(password, /^\w{24}$/)
  t.is((await new Client(site.url).get(ME, { headers: basic('sam', password) })).status, 401)
})
