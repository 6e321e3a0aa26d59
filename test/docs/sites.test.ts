import test from 'ava'
import { basic, Client } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { block } from '../support/markdown.ts'
import { authorizeUrl, bearer, openConsent } from '../support/oauth.ts'
import { OAUTH_EXAMPLE, startOAuthExample } from '../support/oauth-example.ts'
import { freePort, serve, shell } from '../support/shell.ts'
import { PASSWORD, SECRET } from '../support/site.ts'

const PATH = 'docs/features/sites.md'

/** docs/features/oauth.md's app on the sites and the `createConnect()` of docs/features/sites.md, with its route. */
function appOfSites(more = ''): Record<string, string> {
  const made = /const connect = await createConnect\(\{.*?^\}\)\n/ms
  const site = OAUTH_EXAMPLE.replace(/^import (knex|\{ createConnect).*\n/gm, '')
    .replace(/^const database = .*\n/m, '')
    .replace(made, '')
    .replace(/^const port = /m, "import { connect } from './connect.ts'\nconst port = ")
    .replace(/router\.get\(.*?\n\}\)\n/s, block(PATH, 'ts', 'ctx.params.site') + more)
  return { 'site.ts': site, 'connect.ts': block(PATH, 'ts', 'embeddedUsers('), 'sites.ts': block(PATH, 'ts', 'ALL') }
}

const ROLE = `router.post('/role/:id/:role', async ctx => {
  await accounts.update(ctx.params.id, { role: ctx.params.role })
  ctx.status = 204
})
`

test('a user authorizes an application for one of their sites, and its token works for that site only', async t => {
  const { url, admin, sam, app, connectApp } = await startOAuthExample(t, appOfSites(ROLE))
  const script = new Client(url)
  const opens = async (headers: Record<string, string>) => {
    const answers = ['1', 'shop', 'other'].map(site => script.get(`/api/sites/${site}/posts`, { headers }))
    return (await Promise.all(answers)).map(({ status }) => status)
  }
  const asked = await openConsent(admin, authorizeUrl(app, { blog: 'shop.example' }))
  t.regex(asked.page.text, /On which of your sites\?.*Example.*value="shop"\s+required\s+checked.*The shop/s)
  const shop = await connectApp(admin, {}, { blog: 'shop' })
  t.like(shop, { blog_id: 'shop', blog_url: 'https://shop.example' })
  t.deepEqual(await opens(bearer(shop.access_token)), [403, 200, 403])
  const everywhere = await connectApp(admin, { scope: 'global' })
  t.like(everywhere, { blog_id: '0', blog_url: url })
  t.deepEqual(await opens(bearer(everywhere.access_token)), [200, 200, 403], 'the user’s sites, and no other')
  t.like(await connectApp(admin, { scope: 'auth' }), { blog_id: '0', blog_url: url })
  const { password } = await admin.createPassword()
  t.deepEqual(await opens(basic('admin', password)), [200, 200, 200])

  const only = await openConsent(sam, authorizeUrl(app))
  t.notRegex(only.page.text, /On which of your sites\?/)
  t.like(await connectApp(sam, {}, { blog: '1' }), { blog_id: '1', blog_url: 'https://example.com' })
  const all = await connectApp(sam, { scope: 'global' })
  t.deepEqual(await opens(bearer(all.access_token)), [200, 403, 403])

  await sam.send('POST', '/role/2/editor')
  const works = await connectApp(sam, {}, { blog: 'shop' })
  t.deepEqual(await opens(bearer(all.access_token)), [200, 200, 403], 'also those that they get later')
  await sam.send('POST', '/role/2/subscriber')
  t.deepEqual(await opens(bearer(all.access_token)), [200, 403, 403])
  t.deepEqual(await opens(bearer(works.access_token)), [403, 403, 403], 'nor what they have lost')
})

test('docs/features/sites.md: SITES of npm start', async t => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    PORT: String(port),
    CONNECT_SECRET: SECRET,
    DATABASE_URL: await freshDatabase(t),
    ADMIN_PASSWORD: PASSWORD,
  }
  await serve(t, block(PATH, 'sh', 'SITES'), url, { env })
  const admin = new Client(url)
  await admin.login('admin', PASSWORD)
  const register =
    'npm run --silent cli -- client create --name=Shop --redirect-uri=https://shop.example/callback --porcelain'
  const [id = ''] = (await shell(register, { env })).output.split('\n')
  const app = { id, secret: null, redirectUri: 'https://shop.example/callback' }
  const { page } = await openConsent(admin, authorizeUrl(app))
  t.regex(page.text, /value="1".*value="7".*The shop/s)
})
