import test, { type ExecutionContext } from 'ava'
import grant from 'grant'
import { Client } from '../support/client.ts'
import { createApp } from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'
import { agree, refuse, seenBy } from './agree.ts'
import { startApp } from './app-server.ts'

/** What Grant hands to the application in the end, the profile where it was asked for. */
interface Response {
  error?: string
  access_token: string
  refresh_token?: string
  raw: Record<string, unknown>
  profile: Record<string, unknown>
}

/** An application as Grant's README makes one: its provider `wordpress`, with the addresses changed. */
async function startGrant(t: ExecutionContext, site: TestSite, options: { legacy: boolean; pkce: boolean }) {
  const url = await startApp(t, async url => {
    const app = await createApp(site, { redirectUris: [`${url}/connect/wordpress/callback`], legacy: options.legacy })
    const provider = {
      key: app.id,
      secret: app.secret ?? '',
      authorize_url: `${site.url}/oauth2/authorize`,
      access_url: `${site.url}/oauth2/token`,
      profile_url: `${site.url}/rest/v1/me`,
      // Grant joins them by a comma.
      scope: ['posts', 'media'],
      response: ['tokens', 'raw', 'profile'],
      callback: '/hello',
      state: true,
      pkce: options.pkce,
    }
    const defaults = { origin: url, transport: 'session' as const }
    const handle = grant.default.node({
      config: { defaults, wordpress: provider },
      session: { secret: 'of the application' },
    })
    return async (request, response) => {
      const { session, redirect } = await handle(request, response)
      if (redirect) return
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify((await session.get('')).grant?.response))
    }
  })
  const browser = new Client(url)
  return {
    /** Where the application sends its user. */
    connect: async () => (await browser.get('/connect/wordpress')).headers.get('location') ?? '',
    /** What it knows when they come back. */
    async comeBack(to: URL): Promise<Response> {
      const back = await browser.get(to.href)
      return (await browser.get(back.headers.get('location') ?? '')).json
    },
  }
}

for (const { name, options } of [
  { name: 'as it comes, as a legacy client', options: { legacy: true, pkce: false } },
  { name: 'with PKCE', options: { legacy: false, pkce: true } },
]) {
  test(`grant, ${name}: it gets tokens and the user’s identity`, async t => {
    const site = await startSite(t)
    const app = await startGrant(t, site, options)
    const back = await agree(await site.client('ed'), await app.connect())
    const { access_token, refresh_token, raw, profile } = await app.comeBack(back)
    t.like(profile, { ID: 2, username: 'ed', email: 'ed@example.com' })
    t.like(raw, { token_type: 'bearer', scope: 'posts media', blog_id: '1', blog_url: site.url })
    t.is(refresh_token === undefined, options.legacy)
    t.is(await seenBy(site, access_token), 'ed')
  })
}

test('grant: it is told that the user did not agree', async t => {
  const site = await startSite(t)
  const app = await startGrant(t, site, { legacy: true, pkce: false })
  const back = await refuse(await site.client('ed'), await app.connect())
  const response = await app.comeBack(back)
  t.is(response.error, 'access_denied')
})
