import test from 'ava'
import { commandLine, type Served } from '../cli/command-line.ts'
import { APPLICATION_PASSWORDS, basic, Client, formFields, ME } from '../support/client.ts'
import { authorize, bearer, CALLBACK, connectApp, redeem, refresh } from '../support/oauth.ts'
import { at, register, startProcesses } from '../support/processes.ts'
import { PASSWORD, SECRET } from '../support/site.ts'

const PROFILE = '/wp-admin/profile.php'
const AUTHORIZE = '/wp-admin/authorize-application.php'
const TRIALS = 20

test('two processes start at once on an empty database: one creates tables and administrator, both serve', async t => {
  const { one, two, ok } = await startProcesses(t)
  const made = [one, two].filter(({ output }) => output().includes('Created the user admin'))
  t.is(made.length, 1)
  t.is(await ok('migrate'), 'Success: The tables are already up to date.\n')
  t.is(await ok('user', 'list', '--format=count'), '1\n')
  for (const { client } of [one, two]) t.is((await client.get('/wp-json/')).status, 200)
})

test(`a password created at one process works at the other at once, and is rejected right after it is revoked: ${TRIALS} trials under load`, async t => {
  const { one, two, browser, script } = await startProcesses(t)
  await browser.login('admin', PASSWORD)
  const headers = { 'x-wp-nonce': await browser.nonce() }
  const both = [one, two].map(served => ({ owner: at(served, browser), script: new Client(served.url) }))
  const others = await Promise.all(['a', 'b'].map(name => browser.createPassword(name)))

  let isOver = false
  const underLoad: number[] = []
  const load = Array.from({ length: 4 }, async (_, i) => {
    const { password = '' } = others[i % 2] ?? {}
    while (!isOver) underLoad.push((await script.get(ME, { headers: basic('admin', password) })).status)
  })

  const answers: Record<string, number> = {}
  const count = (answer: string) => {
    answers[answer] = (answers[answer] ?? 0) + 1
  }
  for (let trial = 0; trial < TRIALS; trial++) {
    const [here, there] = trial % 2 === 0 ? both : both.toReversed()
    if (!here || !there) throw new Error('there are two')
    const { json } = await here.owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: 'x' } })
    const request = { headers: basic('admin', json.password) }
    for (const { script } of [there, here, there]) count(`issued: ${(await script.get(ME, request)).status}`)
    await here.owner.send('DELETE', `${APPLICATION_PASSWORDS}/${json.uuid}`, { headers })
    for (const { script } of [there, here]) {
      const { status } = await script.get(ME, request)
      // Past the limit of failures, which the processes of a database server count together, a refusal is 429.
      count(status === 401 || status === 429 ? 'revoked: refused' : `revoked: ${status}`)
    }
  }
  isOver = true
  await Promise.all(load)
  t.deepEqual(answers, { 'issued: 200': 3 * TRIALS, 'revoked: refused': 2 * TRIALS })
  t.log(`${underLoad.length} requests beside them`)
  t.true(underLoad.length > TRIALS)
  t.deepEqual(new Set(underLoad), new Set([200]))
})

test('login, profile page, nonces and authorize page work with alternating processes', async t => {
  const { browser, script } = await startProcesses(t)
  const works = async (password: string) => (await script.get(ME, { headers: basic('admin', password) })).status === 200
  const shownPassword = (html: string) =>
    /id="new-application-password-value"[^>]*value="([^"]*)"/s.exec(html)?.[1] ?? ''
  // Once with the first step at one of them, once with the first step at the other.
  for (const name of ['first', 'second']) {
    await browser.login('admin', PASSWORD)
    const form = formFields((await browser.get(PROFILE)).text, 'id="do_new_application_password"')
    const made = await browser.send('POST', PROFILE, { form: { ...form, new_application_password_name: name } })
    t.true(await works(shownPassword(made.text)))
    t.true(await works(shownPassword(made.text)))

    const list: { name: string; uuid: string }[] = (await browser.rest('GET', APPLICATION_PASSWORDS)).json
    const uuid = list.find(item => item.name === name)?.uuid
    const confirm = formFields((await browser.get(`${PROFILE}?action=revoke&uuid=${uuid}`)).text, 'name="_wpnonce"')
    const revoked = await browser.send('POST', PROFILE, { form: confirm })
    t.regex((await browser.get(revoked.headers.get('location') ?? '')).text, /Application password revoked\./)
    t.false(await works(shownPassword(made.text)))

    const query = new URLSearchParams({ app_name: name, success_url: CALLBACK })
    const asked = formFields((await browser.get(`${AUTHORIZE}?${query}`)).text, 'name="app_id"')
    const { headers } = await browser.send('POST', AUTHORIZE, { form: { ...asked, approve: 'y' } })
    t.true(await works(new URL(headers.get('location') ?? '').searchParams.get('password') ?? ''))

    const before = new Client(browser.url)
    for (const cookie of browser.cookies) before.cookies.set(...cookie)
    const logOut = /href="([^"]*action=logout[^"]*)"/.exec((await browser.get(PROFILE)).text)?.[1] ?? ''
    await browser.get(logOut.replaceAll('&amp;', '&'))
    for (const what of ['at one', 'at the other']) t.is((await before.get(PROFILE)).status, 302, what)
  }
})

test('OAuth works with alternating processes: consent, code, tokens, refresh, disconnect', async t => {
  const { one, two, url, ok, browser } = await startProcesses(t)
  const app = await register(ok)
  await browser.login('admin', PASSWORD)
  const answersTo = (token: string) =>
    Promise.all([one, two].map(async ({ client }) => (await client.get(ME, { headers: bearer(token) })).status))
  for (const state of ['first', 'second']) {
    const tokens = await connectApp({ url }, browser, app, { state, scope: 'openid posts' })
    t.deepEqual(await answersTo(tokens.access_token), [200, 200])
    const renewed = (await refresh({ url }, app, tokens.refresh_token)).json
    t.deepEqual(await answersTo(renewed.access_token), [200, 200])

    const [connected] = (await browser.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications
    const disconnect = `/me/security/connected-apps/${connected.ID}/disconnect`
    const fields = formFields((await browser.get(disconnect)).text, 'name="_wpnonce"')
    t.is((await browser.send('POST', disconnect, { form: fields })).status, 303)
    t.deepEqual(await answersTo(renewed.access_token), [401, 401])
    t.is((await refresh({ url }, app, renewed.refresh_token)).json.error, 'invalid_grant')
    // An odd request, so that the second time begins at the other.
    await browser.get('/')
  }
})

test('a code sent to both processes at once is redeemed once at most; both sign ID tokens with the same key', async t => {
  const { one, two, ok, browser } = await startProcesses(t)
  const app = await register(ok)
  await browser.login('admin', PASSWORD)
  for (let trial = 0; trial < 10; trial++) {
    const code = await authorize(browser, app)
    const answers = await Promise.all([one, two].map(served => redeem(served, app, code)))
    // The second use ends the grant, perhaps before the first has its tokens: then neither gets any.
    const statuses = answers.map(({ status }) => status).sort()
    t.true(['200,400', '400,400'].includes(statuses.join()), statuses.join())
    t.is((await redeem(one, app, code)).status, 400)
  }
  const [ofOne, ofTwo] = await Promise.all(
    [one, two].map(async ({ client }) => (await client.get('/.well-known/jwks.json')).json),
  )
  t.deepEqual(ofOne.keys.map(({ alg }: { alg: string }) => alg).sort(), ['ES256', 'RS256'])
  t.deepEqual(ofOne, ofTwo)
})

test('a process with a different secret says so', async t => {
  t.timeout(180_000)
  const { serve } = await commandLine(t, { CONNECT_SECRET: SECRET, ADMIN_PASSWORD: PASSWORD })
  const one = await serve()
  t.is((await one.client.get('/.well-known/jwks.json')).status, 200)
  const [same, other] = await Promise.all([serve(), serve({ CONNECT_SECRET: `another ${SECRET}` })])
  const said = async (served: Served) => {
    t.is((await served.client.get('/.well-known/jwks.json')).status, 200)
    return (await served.stop()).stderr
  }
  t.is(await said(same), '')
  t.regex(
    await said(other),
    /The signing key \S+ was encrypted with another secret, .* give all processes the same secret\./,
  )
})
