import { generateKeyPairSync } from 'node:crypto'
import test from 'ava'
import { createClientKeySets } from '../../../src/oauth/clients/client-key-sets.ts'
import { stubOutside } from '../../support/outside.ts'

const { documents, fetched, restore } = stubOutside()
const { now } = Date
test.after.always(() => {
  restore()
  Date.now = now
})

const MINUTE = 60_000
const key = (kid: string) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }
}
const allowed = async () => true

// One after the other: they turn the clock.
test.serial('a key that its owner removes stops working, however the key set is removed', async t => {
  for (const [what, gone] of Object.entries({
    'another set': { keys: [key('new')] },
    'no keys': { keys: [] },
    'no set': () => new Response(null, { status: 404 }),
    'gone for good': () => new Response(null, { status: 410 }),
    'not json': () => new Response('<!doctype html>'),
  })) {
    const address = `https://${what.replaceAll(' ', '-')}.example/jwks.json`
    const sets = createClientKeySets()
    documents.set(address, { keys: [key('old')] })
    t.is((await sets.find(address, 'old', 'caller', allowed)).keys.length, 1)
    documents.set(address, gone)
    Date.now = () => now() + 6 * MINUTE
    const found = await sets.find(address, 'old', 'caller', allowed).catch(() => ({ keys: [] }))
    t.false(
      found.keys.some(({ kid }) => kid === 'old'),
      what,
    )
    Date.now = now
  }
})

test.serial('while its server is unavailable, a key set is used for an hour, and no longer', async t => {
  const address = 'https://away.example/jwks.json'
  const sets = createClientKeySets()
  documents.set(address, { keys: [key('old')] })
  await sets.find(address, 'old', 'caller', allowed)
  for (const away of [
    () => new Response(null, { status: 503 }),
    () => new Response(null, { status: 429 }),
    undefined,
  ]) {
    documents.set(address, away)
    Date.now = () => now() + 59 * MINUTE
    t.is((await sets.find(address, 'old', 'caller', allowed)).keys.length, 1)
    Date.now = () => now() + 61 * MINUTE
    await t.throwsAsync(sets.find(address, 'old', 'caller', allowed))
  }
  Date.now = now
})

test.serial('a caller past the fetch limit may use a cached key set for an hour, too', async t => {
  const address = 'https://budget.example/jwks.json'
  const sets = createClientKeySets()
  documents.set(address, { keys: [key('old')] })
  await sets.find(address, 'old', 'caller', allowed)
  const spent = async () => false
  Date.now = () => now() + 59 * MINUTE
  t.is((await sets.find(address, 'old', 'caller', spent)).keys.length, 1)
  Date.now = () => now() + 61 * MINUTE
  await t.throwsAsync(sets.find(address, 'old', 'caller', spent))
  t.is(fetched.filter(url => url === address).length, 1)
  Date.now = now
})

test.serial('simultaneous requests for a key set share one fetch', async t => {
  const address = 'https://busy.example/jwks.json'
  const sets = createClientKeySets()
  let answer = () => {}
  documents.set(address, () => new Promise(resolve => (answer = () => resolve(Response.json({ keys: [key('new')] })))))
  const found = Array.from({ length: 20 }, () => sets.find(address, 'new', 'caller', allowed))
  while (!fetched.includes(address)) await new Promise(resolve => setImmediate(resolve))
  answer()
  t.deepEqual(new Set((await Promise.all(found)).map(({ keys }) => keys.length)), new Set([1]))
  t.is(fetched.filter(url => url === address).length, 1)
})
