import test from 'ava'
import type { Client } from '../../support/client.ts'
import { authorizeUrl, CALLBACK, openConsent, pkce } from '../../support/oauth.ts'
import { stubOutside } from '../../support/outside.ts'
import { startSite } from '../../support/site.ts'

const { documents, fetched, restore } = stubOutside()
const { timeout } = AbortSignal
test.after.always(() => {
  restore()
  AbortSignal.timeout = timeout
})
// Here nothing is given up because the machine is busy.
AbortSignal.timeout = () => new AbortController().signal

const documentOf = (id: string) => ({ client_id: id, client_name: 'MCP', redirect_uris: [CALLBACK] })
const fetchesOf = (id: string) => fetched.filter(url => url === id).length
const fromAddress = (address: string) => ({ headers: { 'x-forwarded-for': address } })

test('slow servers named by one visitor do not keep others from authorizing applications', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on', TRUST_PROXY: 'on' })
  const [sam, ed] = [await site.client('sam'), await site.client('ed')]
  const { challenge } = pkce()
  const urlOf = (id: string) =>
    authorizeUrl(
      { id, secret: null, redirectUri: CALLBACK },
      { code_challenge: challenge, code_challenge_method: 'S256' },
    )
  const ask = (user: Client, id: string, address: string) => user.get(urlOf(id), fromAddress(address))

  const opened = 'https://opened.example/client'
  documents.set(opened, documentOf(opened))
  const consent = await openConsent(sam, urlOf(opened))
  t.is(consent.page.status, 200)
  t.is(fetchesOf(opened), 1)
  // oidc-provider with the new key has read nothing yet.
  await site.connect.oauth?.rotateSigningKey()

  const ends: (() => void)[] = []
  const gone = () => new Response(null, { status: 404 })
  const slow = Array.from({ length: 100 }, (_, i) => `https://slow${i}.example/client`)
  for (const id of slow) documents.set(id, () => new Promise(resolve => ends.push(() => resolve(gone()))))
  const waiting = Promise.allSettled(slow.slice(0, 10).map(id => ask(sam, id, '203.0.113.1')))
  while (ends.length < 10) await new Promise(resolve => setImmediate(resolve))

  t.is((await ask(sam, slow[10] ?? '', '203.0.113.1')).status, 400)
  t.is(fetchesOf(slow[10] ?? ''), 0, 'nothing more is fetched for this visitor')
  t.is((await sam.get(consent.path, fromAddress('203.0.113.1'))).status, 200, 'a copy stands in')
  t.is(fetchesOf(opened), 1)

  const quick = 'https://quick.example/client'
  documents.set(quick, documentOf(quick))
  t.is((await ask(ed, quick, '203.0.113.2')).status, 303, 'everybody else goes on')
  for (const end of ends) end()
  await waiting
  t.is((await ask(sam, quick, '203.0.113.1')).status, 303)
})
