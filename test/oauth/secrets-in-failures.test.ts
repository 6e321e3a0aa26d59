import test from 'ava'
import { formFields } from '../support/client.ts'
import { authorizeUrl, bearer, CALLBACK, createApp, openConsent, redeem, refresh } from '../support/oauth.ts'
import { collectOutput } from '../support/output.ts'
import { SECRET, startSite } from '../support/site.ts'

const TABLES = ['oauth_clients', 'oauth_grants', 'oauth_tokens', 'oauth_interactions', 'oauth_signing_keys']

test('with a database that fails at every step, no response, log, event or dump contains an OAuth secret', async t => {
  const heard = collectOutput(t)
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const { knex, connect } = site
  let failures = 0
  site.app.on('error', error => {
    failures++
    heard.push(String(error), (error as Error).stack ?? '', JSON.stringify(error))
  })
  for (const event of ['oauth-authorized', 'oauth-denied', 'oauth-token-issued', 'oauth-disconnected'] as const)
    connect.on(event, what => {
      heard.push(JSON.stringify(what))
    })

  const secrets = new Map<string, string>([['the site’s', SECRET]])
  const keep = (what: string, secret: string | null | undefined) => {
    if (!secret) throw new Error(`no ${what}`)
    secrets.set(what, secret)
  }
  const owner = await site.logIn('admin')
  const script = await site.client()
  const app = await createApp(site)
  keep('client secret', app.secret)
  const registered = await script.send('POST', '/oauth2/register', { json: { redirect_uris: [CALLBACK] } })
  keep('registered secret', registered.json.client_secret)
  const { path, page } = await openConsent(owner, authorizeUrl(app, { scope: 'openid posts' }))
  keep('id of the request', path.split('/').at(-1))
  for (const [name, value] of owner.cookies) keep(`cookie ${name}`, value)
  const fields = formFields(page.text, 'name="_wpnonce"')
  keep('form token', fields._wpnonce)
  const answered = await owner.send('POST', path, { form: { ...fields, approve: 'y' } })
  const dumpTables = async () => JSON.stringify(await Promise.all(TABLES.map(name => knex(`connect_${name}`))))
  heard.push(await dumpTables())
  const back = await owner.get(answered.headers.get('location') ?? '')
  const code = new URL(back.headers.get('location') ?? '').searchParams.get('code')
  keep('code', code)
  t.deepEqual([answered.text, back.text], ['', ''], 'a redirect repeats nothing in its body')
  heard.push(await dumpTables())
  const first = (await redeem(site, app, code ?? '')).json
  const second = (await refresh(site, app, first.refresh_token)).json
  for (const [what, tokens] of Object.entries({ first, second }))
    for (const kind of ['access_token', 'refresh_token', 'id_token']) keep(`${what} ${kind}`, tokens[kind])

  // Wrong in every way, and with a database that fails at every step.
  const { access_token, refresh_token } = second
  const form = { client_id: app.id, client_secret: app.secret ?? '' }
  const ask = async () => [
    await script.get('/rest/v1/me', { headers: bearer(access_token) }),
    await script.get('/api/posts', { headers: bearer(access_token) }),
    await script.get(`/oauth2/token-info?client_id=${app.id}&token=${access_token}`),
    await script.send('POST', '/oauth2/token-info', { form: { ...form, token: refresh_token } }),
    await script.get('/oauth2/userinfo', { headers: bearer(access_token) }),
    await refresh(site, { ...app, secret: 'wrong' }, refresh_token),
    await redeem(site, app, code ?? ''),
    await owner.get(path),
    await owner.send('POST', path, { form: { ...fields, approve: 'y' } }),
    await owner.get(answered.headers.get('location') ?? ''),
  ]
  for (const name of TABLES.slice(0, 4)) {
    await knex.schema.renameTable(`connect_${name}`, 'away')
    for (const { status, text } of await ask()) {
      t.true(status < 500 || status === 503, `${name} ${status}`)
      heard.push(text.replaceAll(fields._wpnonce ?? '', ''))
    }
    await knex.schema.renameTable('away', `connect_${name}`)
  }
  heard.push(await dumpTables())
  await connect.close()
  t.true(failures > 5)
  t.true(secrets.size > 14)
  const everything = heard.join('\n')
  for (const [what, secret] of secrets) t.false(everything.includes(secret), what)
})
