import test from 'ava'
import { formFields, ME } from '../support/client.ts'
import {
  authorize,
  authorizeUrl,
  bearer,
  connectApp,
  createApp,
  openConsent,
  press,
  redeem,
  refresh,
} from '../support/oauth.ts'
import { collectOutput } from '../support/output.ts'
import { startSite } from '../support/site.ts'

test('after a full run, the database dump and the logs contain no valid secret', async t => {
  const logged = collectOutput(t)
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  site.app.silent = false
  const events: unknown[] = []
  for (const name of ['authorized', 'denied', 'token-issued', 'disconnected', 'token-reused'] as const)
    site.connect.on(`oauth-${name}`, event => void events.push(event))
  const reported: unknown[] = []
  site.app.on('error', error => reported.push(error))

  const secrets = new Set<string>()
  const keep = (secret: string | null | undefined) => t.truthy(secret) && secrets.add(secret as string)
  const sam = await site.logIn('sam')
  const app = await createApp(site)
  keep(app.secret)
  const registered = await (await site.client()).send('POST', '/oauth2/register', {
    json: { redirect_uris: ['https://a.example/cb'], client_name: 'Self' },
  })
  keep(registered.json.client_secret)

  const waiting = await openConsent(sam, authorizeUrl(app))
  keep(waiting.path.split('/').at(-1))
  keep(formFields(waiting.page.text, 'name="_wpnonce"')._wpnonce)
  await press(sam, await openConsent(sam, authorizeUrl(app)), 'reject')
  keep(await authorize(sam, app))
  const tokens = await connectApp(site, sam, app, { scope: 'openid posts' })
  const refreshed = (await refresh(site, app, tokens.refresh_token)).json
  const other = await connectApp(site, sam, app)
  await refresh(site, app, other.refresh_token)
  await refresh(site, app, other.refresh_token)
  await redeem(site, { ...app, secret: 'a wrong secret 123' }, 'a wrong code 456')
  keep('a wrong secret 123')
  keep('a wrong code 456')
  for (const issued of [tokens, refreshed, other]) {
    keep(issued.access_token)
    keep(issued.refresh_token)
  }
  keep(tokens.id_token)
  for (const cookie of sam.cookies.values()) keep(cookie)
  const script = await site.client()
  t.is((await script.get(ME, { headers: bearer(refreshed.access_token) })).status, 200)

  await site.knex.schema.renameTable('connect_oauth_tokens', 'away')
  t.is((await script.get(ME, { headers: bearer(refreshed.access_token) })).status, 503)
  t.is((await refresh(site, app, refreshed.refresh_token)).status, 503)
  t.is((await redeem(site, app, 'a wrong code 456')).status, 503)
  await site.knex.schema.renameTable('away', 'connect_oauth_tokens')
  await site.connect.close()

  const names = ['clients', 'grants', 'tokens', 'interactions', 'signing_keys'].map(name => `oauth_${name}`)
  const dump: Record<string, unknown[]> = {}
  for (const name of [...names, 'users', 'sessions', 'application_passwords'])
    dump[name] = await site.knex(`connect_${name}`)
  for (const name of names) t.true((dump[name]?.length ?? 0) > 0, name)
  t.true(events.length >= 5)
  t.true(reported.length >= 3)
  const everything = [
    JSON.stringify(dump),
    JSON.stringify(events),
    logged.join(''),
    ...reported.map(error => String(error) + (error as Error).stack),
  ].join('\n')
  t.true(secrets.size >= 15)
  for (const secret of secrets) t.false(everything.includes(secret), secret)
  t.notRegex(everything, /"d":|PRIVATE KEY/, 'no private key in clear')
})
