import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import { browse, test } from '../support/browser.ts'
import { createApp } from '../support/oauth.ts'
import { ROOT } from '../support/shell.ts'
import type { TestSite } from '../support/site.ts'

const LIBRARY = readFileSync(`${ROOT}/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js`)

/** What is used of its `User`. */
interface SignedIn {
  access_token: string
  profile: object
}

/** A single-page application on another origin, which has no server of its own to keep a secret. @returns its address */
async function startSpa(t: ExecutionContext, site: TestSite): Promise<string> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { id } = await createApp(site, { type: 'native', redirectUris: [`${url}/callback`] })
  const settings = {
    authority: site.url,
    client_id: id,
    redirect_uri: `${url}/callback`,
    scope: 'openid profile posts',
  }
  server.on('request', (request, response) => {
    const isLibrary = request.url === '/oidc.js'
    response.setHeader('Content-Type', isLibrary ? 'text/javascript' : 'text/html')
    if (isLibrary) return response.end(LIBRARY)
    response.end(`<!doctype html><title>App</title><link rel="icon" href="data:,"><p>Application</p>
<script src="/oidc.js"></script><script>manager = new oidc.UserManager(${JSON.stringify(settings)})</script>`)
  })
  return url
}

test(
  'oidc-client-ts: log in from another origin, renew, and revoke both tokens',
  browse({ login: 'ed' }, async (t, { page, site }) => {
    const url = await startSpa(t, site)
    await page.goto(url)
    await page.evaluate('void manager.signinRedirect()')
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.getByText('Application', { exact: true }).waitFor()
    const user = await page.evaluate<SignedIn>('manager.signinRedirectCallback()')
    t.like(user.profile, { sub: '2', name: 'ed' })
    const renewed = await page.evaluate<SignedIn>('manager.signinSilent()')
    t.not(renewed.access_token, user.access_token)
    t.is(await page.evaluate(`manager.revokeTokens().then(() => 'revoked')`), 'revoked')
    const grants = await site.connect.oauth?.connectedApps.list((await site.connect.users.find('2')) as never)
    t.deepEqual(grants, [])
  }),
)
