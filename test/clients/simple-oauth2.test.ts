import { createRequire } from 'node:module'
import test from 'ava'
import { Client } from '../support/client.ts'
import { bearer, CALLBACK, createApp } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'
import { agree, seenBy } from './agree.ts'

/** What is used of it: it comes without types. */
interface AccessToken {
  token: { access_token: string }
  refresh(): Promise<AccessToken>
  revokeAll(): Promise<void>
}
interface AuthorizationCode {
  authorizeURL(params: object): string
  getToken(params: object): Promise<AccessToken>
}

const { AuthorizationCode } = createRequire(import.meta.url)('simple-oauth2') as {
  AuthorizationCode: new (config: object) => AuthorizationCode
}

for (const authorizationMethod of ['header', 'body']) {
  test(`simple-oauth2, its secret in the ${authorizationMethod}: from the consent page to revokeAll()`, async t => {
    const site = await startSite(t)
    const { id, secret } = await createApp(site)
    const client = new AuthorizationCode({
      client: { id, secret },
      auth: {
        tokenHost: site.url,
        tokenPath: '/oauth2/token',
        authorizePath: '/oauth2/authorize',
        revokePath: '/oauth2/revoke',
      },
      options: { authorizationMethod },
    })
    const url = client.authorizeURL({ redirect_uri: CALLBACK, scope: 'posts', state: 'a state' })
    const back = await agree(await site.client('ed'), url)
    const first = await client.getToken({ code: back.searchParams.get('code'), redirect_uri: CALLBACK })
    t.is(await seenBy(site, first.token.access_token), 'ed')
    const fresh = await first.refresh()
    t.is(await seenBy(site, fresh.token.access_token), 'ed')
    await fresh.revokeAll()
    const refused = await new Client(site.url).get('/api/posts', { headers: bearer(fresh.token.access_token) })
    t.is(refused.status, 401)
  })
}
