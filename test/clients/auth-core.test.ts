import { Auth, type AuthConfig } from '@auth/core'
import type { OIDCConfig } from '@auth/core/providers'
import WordPress from '@auth/core/providers/wordpress'
import test, { type ExecutionContext } from 'ava'
import { Client } from '../support/client.ts'
import { createApp } from '../support/oauth.ts'
import { SECRET, startSite, type TestSite } from '../support/site.ts'
import { agree, refuse } from './agree.ts'
import { startApp } from './app-server.ts'

interface Kind {
  legacy: boolean
  /** Instead of the provider WordPress, the generic one of OpenID Connect, which knows the issuer alone. */
  oidc?: boolean
}

/** An application with Auth.js behind it, whose provider WordPress has three addresses changed. */
async function startAuth(t: ExecutionContext, site: TestSite, { legacy, oidc = false }: Kind) {
  const url = await startApp(t, async url => {
    const app = await createApp(site, { redirectUris: [`${url}/auth/callback/wordpress`], legacy })
    const generic: OIDCConfig<object> = {
      id: 'wordpress',
      name: 'Example',
      type: 'oidc',
      issuer: site.url,
      clientId: app.id,
      clientSecret: app.secret ?? '',
    }
    const wordPress = WordPress({
      clientId: app.id,
      clientSecret: app.secret ?? '',
      authorization: `${site.url}/oauth2/authorize?scope=auth`,
      token: `${site.url}/oauth2/token`,
      userinfo: `${site.url}/rest/v1/me`,
      // Without it Auth.js takes every `iss` (RFC 9207) for an attack; a legacy client gets none.
      ...(!legacy && { issuer: site.url }),
    })
    const config: AuthConfig = {
      providers: [oidc ? generic : wordPress],
      secret: SECRET,
      trustHost: true,
      basePath: '/auth',
      logger: { error() {}, warn() {}, debug() {} },
    }
    return async (request, response) => {
      const chunks = await request.toArray()
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}
      const headers = Object.entries(request.headers) as [string, string][]
      const answer = await Auth(
        new Request(url + request.url, { method: request.method ?? '', headers, ...body }),
        config,
      )
      response.writeHead(answer.status, [...answer.headers].flat())
      response.end(await answer.text())
    }
  })
  const browser = new Client(url)
  return {
    /** The button "Sign in with WordPress". @returns where it leads */
    async signIn(): Promise<string> {
      const { json } = await browser.get('/auth/csrf')
      const form = { csrfToken: json.csrfToken }
      return (await browser.send('POST', '/auth/signin/wordpress', { form })).headers.get('location') ?? ''
    },
    comeBack: (to: URL) => browser.get(to.href),
    session: async () => (await browser.get('/auth/session')).json,
  }
}

for (const { name, ...kind } of [
  { name: 'a legacy client, with nothing but addresses changed', legacy: true },
  { name: 'a client of today, with the issuer named', legacy: false },
  { name: 'OpenID Connect, with the issuer alone', legacy: false, oidc: true },
]) {
  test(`@auth/core, ${name}: the user is logged in, with name and email address`, async t => {
    const site = await startSite(t)
    const app = await startAuth(t, site, kind)
    const back = await agree(await site.client('ed'), await app.signIn())
    const { headers } = await app.comeBack(back)
    t.regex(headers.getSetCookie().join('\n'), /^authjs\.session-token=/m)
    const { user } = await app.session()
    t.like(user, { name: 'ed', email: 'ed@example.com' })
    t.regex(user.image, /^https:\/\//)
  })
}

test('@auth/core: a user who did not agree is not logged in', async t => {
  const site = await startSite(t)
  const app = await startAuth(t, site, { legacy: true })
  const back = await refuse(await site.client('ed'), await app.signIn())
  const { headers } = await app.comeBack(back)
  t.regex(headers.get('location') ?? '', /error=/)
  t.is(await app.session(), null)
})
