import test from 'ava'
import { createProbes, type Test } from '../../src/doctor/probes.ts'
import { createMemoryStore } from '../../src/throttle/memory-store.ts'
import { basic } from '../support/client.ts'
import { SECRET, startSite } from '../support/site.ts'

const PATH = '/wp-json/wp-site-health/v1/tests/'
const DUMMY = basic('user', 'pwd')

/** Makes the nonces that the site at `url` itself would make. */
const noncesFor = (url: string, secret = SECRET, now = Date.now) =>
  createProbes({ url }, secret, createMemoryStore(), now)
const pathOf = (name: Test, nonce: string) => `${PATH}${name}?${new URLSearchParams({ _wpnonce: nonce })}`

test('the probe returns one signed boolean about the dummy credentials, and nothing of the request', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const probes = noncesFor(site.url)
  for (const [headers, arrived] of [
    [DUMMY, true],
    [{}, false],
    [basic('admin', 'hush'), false],
    [{ authorization: 'Bearer hush' }, false],
  ] as const) {
    const nonce = probes.createNonce('authorization-header')
    const answer = await client.get(pathOf('authorization-header', nonce), { headers })
    t.is(answer.status, 200)
    t.deepEqual(Object.keys(answer.json), ['answer', 'proof'])
    t.is(answer.json.answer, arrived)
    t.is(probes.readAnswer('authorization-header', nonce, answer.json), arrived)
    t.is(probes.readAnswer('authorization-header', nonce, { ...answer.json, answer: !arrived }), null)
    t.is(answer.headers.get('cache-control'), 'no-store')
    t.notRegex(answer.text, /hush/)
  }
})

test('a nonce works once, even with many simultaneous requests', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const path = pathOf('https-status', noncesFor(site.url).createNonce('https-status'))
  const all = await Promise.all(Array.from({ length: 10 }, () => client.get(path)))
  t.deepEqual(all.map(({ status }) => status).sort(), [200, ...Array<number>(9).fill(403)])
  t.is((await client.get(path)).json.code, 'rest_cookie_invalid_nonce')
})

test('a nonce for another test, site, secret or time, or a missing one, is rejected', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const good = noncesFor(site.url).createNonce('https-status')
  const bad = {
    'another test': noncesFor(site.url).createNonce('authorization-header'),
    'another site': noncesFor('https://example.com').createNonce('https-status'),
    'another secret': noncesFor(site.url, SECRET.toUpperCase()).createNonce('https-status'),
    old: noncesFor(site.url, SECRET, () => Date.now() - 700_000).createNonce('https-status'),
    early: noncesFor(site.url, SECRET, () => Date.now() + 700_000).createNonce('https-status'),
    'another moment': good.replace(/^\d+/, seconds => String(Number(seconds) + 1)),
    longer: `${good}A`,
    empty: '',
    strange: '\u0000constructor',
  }
  for (const [name, nonce] of Object.entries(bad)) {
    t.is((await client.get(pathOf('https-status', nonce))).status, 403, name)
  }
  t.is((await client.get(pathOf('https-status', good))).status, 200)
})

test('without a nonce the probe does not exist: credentials are checked as usual', async t => {
  const client = await (await startSite(t)).client()
  t.is((await client.get(`${PATH}authorization-header`)).json.code, 'rest_no_route')
  t.is((await client.get(`${PATH}authorization-header`, { headers: DUMMY })).json.code, 'incorrect_password')
  t.is((await client.get(`${PATH}constructor`)).json.code, 'rest_no_route')
  t.is((await client.send('POST', `${PATH}https-status`)).json.code, 'rest_no_route')
})

test('processes that share their counts accept a nonce only once together', async t => {
  const one = await startSite(t)
  if (!/^(postgres|mysql)/.test(one.databaseUrl)) return t.pass('each counts for itself')
  const two = await startSite(t, { SITE_URL: one.url, DATABASE_URL: one.databaseUrl })
  const path = pathOf('https-status', noncesFor(one.url).createNonce('https-status'))
  t.is((await (await one.client()).get(path)).status, 200)
  t.is((await (await two.client()).get(path)).status, 403)
})
