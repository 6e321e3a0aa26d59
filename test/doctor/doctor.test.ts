import { createServer, type ServerResponse } from 'node:http'
import tls from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import Koa from 'koa'
import { createConnectBy } from '../../src/connect/connect.ts'
import { limits } from '../../src/doctor/ask-site.ts'
import { createConnect, embeddedUsers, type LocalizedCheckResult } from '../../src/index.ts'
import { startFront } from '../support/front.ts'
import { listen } from '../support/inner.ts'
import { waitOnly } from '../support/limits.ts'
import { SECRET, startSite } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

const statuses = (found: LocalizedCheckResult[]) =>
  Object.fromEntries(found.map(({ check, status }) => [check, status]))
const of = (found: LocalizedCheckResult[], name: string) => found.find(({ check }) => check === name)

/** A site behind a proxy of the test's own, and what its doctor finds. */
async function examine(t: ExecutionContext, ways: Parameters<typeof startFront>[1], env: Record<string, string> = {}) {
  const front = await startFront(t, ways)
  const site = await startSite(t, { SITE_URL: front.url, ...env })
  front.leadTo(site)
  return site.connect.doctor()
}

const ALL_WELL = {
  migrations: 'ok',
  address: 'ok',
  'this-site': 'ok',
  'authorization-header': 'ok',
  https: 'ok',
  'page-policy': 'ok',
  'caller-address': 'ok',
  'oauth-metadata': 'ok',
}

test('a working site: all checks pass, in order', async t => {
  const found = await (await startSite(t)).connect.doctor()
  t.deepEqual(statuses(found), ALL_WELL)
  t.deepEqual(
    found.map(({ check }) => check),
    Object.keys(ALL_WELL),
  )
  for (const { message, advice } of found) t.true(message.endsWith('.') && advice === undefined, message)
})

test('the doctor’s dummy credentials do not count as a failed attempt', async t => {
  const site = await startSite(t)
  const refused: unknown[] = []
  site.connect.on('application-password-refused', event => void refused.push(event))
  await site.connect.doctor()
  t.deepEqual(refused, [])
})

test('a proxy that removes the Authorization header is detected', async t => {
  const found = await examine(t, {
    there: headers => {
      delete headers.authorization
    },
  })
  t.deepEqual(statuses(found), { ...ALL_WELL, 'authorization-header': 'fail' })
  t.regex(of(found, 'authorization-header')?.advice ?? '', /Configure the proxy to forward the header/)
})

test('a proxy that replaces the Authorization header is detected', async t => {
  const found = await examine(t, {
    there: headers => {
      headers.authorization = 'Basic c3RhZ2luZzpzdGFnaW5n'
    },
  })
  t.is(of(found, 'authorization-header')?.status, 'fail')
})

test('a proxy’s HTTP Basic login in front of the site is detected', async t => {
  const found = await examine(t, {
    instead({ headers }, outgoing) {
      if (headers.authorization === undefined) return false
      outgoing.writeHead(401, { 'WWW-Authenticate': 'Basic realm="staging secret"' }).end('staging secret')
      return true
    },
  })
  t.deepEqual(statuses(found), { ...ALL_WELL, 'authorization-header': 'fail' })
  t.regex(of(found, 'authorization-header')?.message ?? '', /do not reach this site/)
  t.notRegex(JSON.stringify(found), /staging secret/)
})

testWith('openssl').serial('behind a TLS-terminating proxy, https is seen only if the app trusts it', async t => {
  const ways = {
    tls: true,
    there: (headers: Record<string, unknown>) => {
      headers['x-forwarded-proto'] = 'https'
    },
  }
  t.deepEqual(statuses(await examine(t, ways, { TRUST_PROXY: 'on', WP_ENVIRONMENT_TYPE: 'production' })), ALL_WELL)
  const untrusted = await examine(t, ways, { WP_ENVIRONMENT_TYPE: 'production' })
  t.deepEqual(statuses(untrusted), { ...ALL_WELL, https: 'fail', 'oauth-metadata': 'warn' })
  t.regex(of(untrusted, 'https')?.advice ?? '', /X-Forwarded-Proto: https", and set TRUST_PROXY=on\.$/)
  t.is(of(await examine(t, ways), 'https')?.status, 'warn', 'on a development machine it works all the same')
})

testWith('openssl').serial('an untrusted certificate is detected', async t => {
  const trusted = tls.getCACertificates('default')
  const front = await startFront(t, { tls: true })
  tls.setDefaultCACertificates(trusted)
  const found = await (await startSite(t, { SITE_URL: front.url })).connect.doctor()
  t.regex(of(found, 'address')?.message ?? '', /its TLS certificate is not trusted/)
  t.is(of(found, 'https')?.status, 'warn', 'which could not be checked')
})

test('an http:// address outside the environment local is detected', async t => {
  const found = await (await startSite(t, { WP_ENVIRONMENT_TYPE: 'production' })).connect.doctor()
  t.deepEqual(statuses(found), { ...ALL_WELL, https: 'fail', 'oauth-metadata': 'warn' })
  t.regex(of(found, 'https')?.advice ?? '', /SITE_URL.*TRUST_PROXY=on.*WP_ENVIRONMENT_TYPE=local/)
})

/** A Content-Security-Policy of a proxy's, and whether it keeps Authorize from leading away. */
const POLICIES: Record<string, boolean> = {
  "form-action 'self'": true,
  "default-src 'self'; FORM-ACTION 'self'": true,
  "default-src 'self'": false,
}
for (const [policy, isHarmful] of Object.entries(POLICIES)) {
  for (const adds of [true, false]) {
    test(`a proxy that ${adds ? 'adds' : 'replaces our policy by'} ${policy} is detected`, async t => {
      const found = await examine(t, {
        back: headers => {
          const own = headers['content-security-policy']
          headers['content-security-policy'] = adds ? `${own}, ${policy}` : policy
        },
      })
      t.deepEqual(statuses(found), { ...ALL_WELL, 'page-policy': isHarmful ? 'fail' : 'ok' })
      if (isHarmful) t.true(of(found, 'page-policy')?.message.endsWith(policy))
    })
  }
}

test('a proxy that hides the callers’ addresses is detected', async t => {
  const found = await examine(
    t,
    {
      there: headers => {
        headers['x-forwarded-for'] = 'unknown'
      },
    },
    { TRUST_PROXY: 'on' },
  )
  t.deepEqual(statuses(found), { ...ALL_WELL, 'caller-address': 'warn' })
  t.regex(of(found, 'caller-address')?.advice ?? '', /X-Forwarded-For, and set TRUST_PROXY=on\.$/)
})

test('a page in place of the OAuth metadata, as a single-page app sends it, is detected', async t => {
  const found = await examine(t, {
    instead({ url }, outgoing) {
      if (!url?.startsWith('/.well-known/')) return false
      outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>hush</h1>')
      return true
    },
  })
  t.deepEqual(statuses(found), { ...ALL_WELL, 'oauth-metadata': 'fail' })
  t.regex(of(found, 'oauth-metadata')?.message ?? '', /\/\.well-known\/oauth-authorization-server,/)
  t.regex(of(found, 'oauth-metadata')?.advice ?? '', /fallback/)
  t.notRegex(JSON.stringify(found), /hush/)
})

test('an app gets advice for apps, and its OAuth is checked only if it is enabled', async t => {
  const { knex } = await startSite(t)
  const server = createServer()
  const app = new Koa({ proxy: true })
  const connect = await createConnect({
    knex,
    site: { url: `http://localhost:${await listen(t, server)}`, name: 'App' },
    secret: SECRET,
    users: embeddedUsers(),
  })
  t.teardown(() => connect.close())
  app.use(connect.middleware())
  server.on('request', app.callback())
  const found = await connect.doctor()
  t.false('oauth-metadata' in statuses(found))
  t.regex(of(found, 'https')?.advice ?? '', /site\.url .* the option environment /)
  t.notRegex(JSON.stringify(found), /TRUST_PROXY|WP_ENVIRONMENT_TYPE/)
})

test('if another server responds, the advice has the words that the site is configured by', async t => {
  const { knex } = await startSite(t)
  const other = createServer((_request, response) => response.end('{}'))
  const url = `http://localhost:${await listen(t, other)}`
  const options = { knex, site: { url, name: 'App' }, secret: SECRET, users: embeddedUsers() }
  const words = { app: /the same secret and site\.url/, serve: /the same CONNECT_SECRET and SITE_URL/ }
  for (const startedBy of ['app', 'serve'] as const) {
    const connect = await createConnectBy(startedBy, options)
    t.teardown(() => connect.close())
    const { status, advice = '' } = of(await connect.doctor(), 'this-site') ?? {}
    t.is(status, 'fail')
    for (const [by, saying] of Object.entries(words)) t.is(saying.test(advice), by === startedBy, advice)
  }
})

for (const routes of [false, true]) {
  test(`below a path of another app, which ${routes ? 'forwards' : 'does not forward'} the metadata at the root`, async t => {
    const { knex } = await startSite(t)
    const server = createServer()
    const origin = `http://localhost:${await listen(t, server)}`
    const connect = await createConnect({
      knex,
      site: { url: `${origin}/account`, name: 'App' },
      secret: SECRET,
      users: embeddedUsers(),
      environment: 'local',
      api: ['/api'],
      oauth: { scopes: { posts: 'Posts' } },
    })
    t.teardown(() => connect.close())
    const outer = new Koa()
    // As koa-mount does it.
    outer.use(async (ctx, next) => {
      const path = ctx.path
      const [, name, rest] = /^(\/\.well-known\/[\w-]+)\/account(\/.*)?$/.exec(path) ?? []
      if (path.startsWith('/account/')) ctx.path = path.slice('/account'.length)
      else if (routes && name) ctx.path = name + (rest ?? '')
      else return next()
      await connect.middleware()(ctx, next)
      ctx.path = path
    })
    server.on('request', outer.callback())
    const found = await connect.doctor()
    t.is(of(found, 'oauth-metadata')?.status, routes ? 'ok' : 'fail', of(found, 'oauth-metadata')?.message)
    if (routes) return
    t.is(
      of(found, 'oauth-metadata')?.message,
      `The OAuth metadata is not where clients look for it: ${['oauth-authorization-server/account', 'oauth-protected-resource/account/wp-json', 'oauth-protected-resource/account/api'].map(path => `${origin}/.well-known/${path}`).join(', ')}`,
    )
    t.regex(of(found, 'oauth-metadata')?.advice ?? '', /Let the outer app or the proxy forward/)
  })
}

test('no server responds at site.url', async t => {
  const server = createServer()
  const port = await listen(t, server)
  await new Promise(resolve => server.close(resolve))
  const found = await (await startSite(t, { SITE_URL: `http://localhost:${port}` })).connect.doctor()
  t.regex(of(found, 'address')?.message ?? '', /the connection was refused/)
  t.like(statuses(found), { address: 'fail', 'this-site': 'warn', 'authorization-header': 'warn' })
})

/** What another server at the site's address may answer. None of it is told, followed or waited for. */
const STRANGERS: Record<string, (response: ServerResponse, elsewhere: string) => void> = {
  'a page': response => response.end('<h1>hush hush</h1>'),
  'the answer without a proof': response => response.end('{"answer":true}'),
  'a forged proof': response => response.end(`{"answer":true,"proof":"${'A'.repeat(43)}"}`),
  'null, and other JSON': response => response.end('null'),
  'an error': response => response.writeHead(500).end('hush hush'),
  'a redirect': (response, elsewhere) => response.writeHead(302, { Location: `${elsewhere}/hush` }).end('hush hush'),
  'no end of bytes': response => {
    const flood = setInterval(() => response.write('hush hush'.repeat(1000)), 1)
    response.once('close', () => clearInterval(flood))
  },
}
for (const [name, stranger] of Object.entries(STRANGERS)) {
  test(`another server responds at site.url: ${name}`, async t => {
    const led: string[] = []
    const elsewhere = `http://localhost:${await listen(
      t,
      createServer(({ url = '' }, response) => {
        led.push(url)
        response.end()
      }),
    )}`
    const server = createServer((_request, response) => stranger(response, elsewhere))
    const site = await startSite(t, { SITE_URL: `http://localhost:${await listen(t, server)}` })
    const found = await site.connect.doctor()
    t.like(statuses(found), { address: 'ok', 'this-site': 'fail', 'authorization-header': 'warn' })
    t.notRegex(JSON.stringify(found), /hush/)
    t.deepEqual(led, [], 'no redirect is followed')
    if (name === 'a redirect') t.regex(of(found, 'this-site')?.message ?? '', /redirects to another address/)
  })
}

for (const [name, begin] of Object.entries({
  'never begins its answer': () => {},
  'never ends it': (response: ServerResponse) => response.write('{'),
})) {
  test.serial(`a server at site.url that ${name} is given up after 3 seconds`, async t => {
    const server = createServer((_request, response) => void begin(response))
    const site = await startSite(t, { SITE_URL: `http://localhost:${await listen(t, server)}` })
    t.is(limits.waitMs, 3_000)
    waitOnly(t, limits, 200)
    const found = await site.connect.doctor()
    t.regex(of(found, 'address')?.message ?? '', /no response within 3 seconds/)
  })
}

test('another site with this package, or a process with another secret, is not mistaken for this site', async t => {
  const other = await startSite(t)
  for (const CONNECT_SECRET of [SECRET.toUpperCase(), SECRET]) {
    const front = await startFront(t)
    front.leadTo(other)
    const site = await startSite(t, { SITE_URL: front.url, CONNECT_SECRET })
    t.like(statuses(await site.connect.doctor()), { address: 'ok', 'this-site': 'fail' })
  }
})

test('a process elsewhere with the same secret counts as this site', async t => {
  const front = await startFront(t)
  const one = await startSite(t, { SITE_URL: front.url })
  const two = await startSite(t, { SITE_URL: front.url, DATABASE_URL: one.databaseUrl })
  front.leadTo(two)
  t.deepEqual(statuses(await one.connect.doctor()), ALL_WELL)
})

test('pending migrations are named; the check creates no table', async t => {
  const site = await startSite(t)
  await site.knex('connect_migrations').where({ name: '0003-oauth' }).delete()
  const found = await site.connect.doctor()
  t.deepEqual(statuses(found), { ...ALL_WELL, migrations: 'fail' })
  t.regex(of(found, 'migrations')?.message ?? '', /have not run: 0003-oauth\.$/)

  const connect = await createConnect({
    knex: site.knex,
    site: { url: site.url, name: 'Empty' },
    secret: SECRET,
    users: embeddedUsers(),
    tablePrefix: 'empty_',
  })
  t.regex(
    of(await connect.doctor(), 'migrations')?.message ?? '',
    /have not run: 0001-application-passwords, 0002-embedded-users\b/,
  )
  for (const table of ['empty_migrations', 'empty_migrations_lock']) t.false(await site.knex.schema.hasTable(table))
})

test('an unavailable database is a result, not an error', async t => {
  const site = await startSite(t)
  await site.knex.destroy()
  const found = await site.connect.doctor()
  t.is(of(found, 'migrations')?.status, 'fail')
  t.is(of(found, 'this-site')?.status, 'ok', 'and the rest is looked at')
  await site.knex.initialize()
})
