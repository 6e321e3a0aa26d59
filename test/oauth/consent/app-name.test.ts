import test from 'ava'
import { embeddedUsers } from '../../../src/index.ts'
import type { StoredClient } from '../../../src/oauth/clients/client-rows.ts'
import { createAppNameAt } from '../../../src/oauth/consent/app-name.ts'
import type { Users } from '../../../src/users/user.ts'
import { authorizeUrl, CALLBACK, createApp } from '../../support/oauth.ts'
import { rebuild } from '../../support/rebuild.ts'
import { startSite, type TestSite } from '../../support/site.ts'

const SHOP = { redirectUris: [CALLBACK] }
const loginUrl = (path: string) => `/wp-login.php?redirect_to=${encodeURIComponent(path)}`

/** The sentence on the login page that leads to the path. Null if there is none. */
async function sentence(site: TestSite, path: string, headers: Record<string, string> = {}): Promise<string | null> {
  const { status, text } = await (await site.client()).get(loginUrl(path), { headers })
  if (status !== 200) throw new Error(`login page: ${status}`)
  return /<p>([^<]*<strong><bdi>.*?<\/bdi><\/strong>[^<]*)<\/p>/.exec(text)?.[1] ?? null
}

test('the login page names the application that the user logs in for', async t => {
  const site = await startSite(t)
  const app = await createApp(site, { name: 'Shop <b>&"' })
  const name = '<strong><bdi>Shop &lt;b&gt;&amp;&quot;</bdi></strong>'
  const user = await site.client()
  const { headers } = await user.get(authorizeUrl(app))
  const page = await user.get(headers.get('location') ?? '')
  t.true(page.text.includes(`<p>Log in to continue to ${name}</p>`), page.text)
  t.is(await sentence(site, site.url + authorizeUrl(app)), `Log in to continue to ${name}`)
  t.is(await sentence(site, authorizeUrl(app).replace('authorize', 'authenticate')), `Log in to continue to ${name}`)
  const german = await sentence(site, authorizeUrl(app), { 'accept-language': 'de' })
  t.is(german, `Melden Sie sich an, um mit ${name} fortzufahren`)

  // After a wrong password, too.
  const form = { log: 'sam', pwd: 'wrong', redirect_to: authorizeUrl(app) }
  const again = await user.send('POST', '/wp-login.php', { form })
  t.true(again.text.includes(`Log in to continue to ${name}`))
})

test('the login page names no other application, and repeats nothing of the URL', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const app = await createApp(site)
  const registered = await (await site.client()).send('POST', '/oauth2/register', {
    json: { client_name: 'My Bank', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
  })
  t.is(registered.status, 201)
  const url = authorizeUrl(app)
  const withId = (id: string) => `/oauth2/authorize?client_id=${encodeURIComponent(id)}`
  const others = [
    withId(registered.json.client_id),
    withId('999999999999'),
    withId('https://my-bank.example/client.json'),
    withId('My Bank'),
    withId(''),
    `${url}&client_id=${app.id}`,
    url.replace('/oauth2/authorize', '/oauth2/authorized'),
    url.replace('/oauth2/authorize', '/wp-admin/'),
    `https://elsewhere.example${url}`,
    '/wp-admin/',
  ]
  for (const path of others) {
    t.is(await sentence(site, path), null, path)
    const { text } = await (await site.client()).get(loginUrl(path))
    t.notRegex(text, /continue to/, path)
    t.notRegex(text.replace(/name="redirect_to" value="[^"]*"/, ''), /bank/i, path)
  }
})

test('the login page names an application of a user only if that user manages all applications', async t => {
  const site = await startSite(t)
  const canManageClients: Users['canManageClients'] = ({ roles }) => roles?.includes('administrator') || 'own'
  const connect = await rebuild(site, { users: parts => ({ ...embeddedUsers()(parts), canManageClients }) })
  const clients = connect.oauth?.clients
  const ids = { admin: 1, sam: 3 }
  const shown = await Promise.all(
    Object.values(ids).map(async id => {
      const { client } = (await clients?.create({ ...SHOP, name: 'My Bank' }, { id })) ?? {}
      return sentence(site, authorizeUrl({ id: client?.clientId ?? '', secret: null, redirectUri: CALLBACK }))
    }),
  )
  t.deepEqual(shown, ['Log in to continue to <strong><bdi>My Bank</bdi></strong>', null])
})

test('a database that fails or does not respond takes the name, not the login page', async t => {
  const site = { url: 'https://example.com/blog', name: 'Example', description: '' }
  const client = { name: 'Shop', selfRegistered: false, ownerId: null } as unknown as StoredClient
  const reported: unknown[] = []
  const nameBy = (find: () => Promise<StoredClient | undefined>) =>
    createAppNameAt({
      site,
      users: { find: async () => null } as unknown as Users,
      clients: { find },
      report: error => reported.push(error),
    })('https://example.com/blog/oauth2/authorize?client_id=1')
  t.is(await nameBy(async () => client), 'Shop')
  const failure = new Error('away')
  t.is(await nameBy(() => Promise.reject(failure)), null)
  t.deepEqual(reported, [failure])
  t.is(await nameBy(() => new Promise(() => {})), null)
})

test('the login page is shown while the table of clients is away', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  await site.knex.schema.renameTable('connect_oauth_clients', 'connect_oauth_clients_away')
  t.is(await sentence(site, authorizeUrl(app)), null)
})
