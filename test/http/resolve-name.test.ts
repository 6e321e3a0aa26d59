import test from 'ava'
import { resolveName } from '../../src/http/resolve-name.ts'
import { startDns } from '../support/dns.ts'

const never = new AbortController().signal
const IPV4 = [11, 22, 33, 44]
const IPV6 = [0x26, 6, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11]

test('look-up returns all addresses of a name, of either kind', async t => {
  const { server } = await startDns(t, (name, type) => {
    if (type === 'A') return name === 'ipv6.example' || name === 'none.example' ? null : IPV4
    return name === 'ipv4.example' || name === 'none.example' ? null : IPV6
  })
  const [four, six] = [
    { address: '11.22.33.44', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ]
  t.deepEqual(await resolveName('both.example', never, [server]), [four, six])
  t.deepEqual(await resolveName('ipv4.example', never, [server]), [four])
  t.deepEqual(await resolveName('ipv6.example', never, [server]), [six])
  await t.throwsAsync(resolveName('none.example', never, [server]), { code: 'ENODATA' })
})

test('a name in the hosts file is not looked up in DNS', async t => {
  const { server, asked } = await startDns(t, () => IPV4)
  const addresses = await resolveName('localhost', never, [server])
  t.true(addresses.some(({ address }) => address === '127.0.0.1' || address === '::1'))
  t.deepEqual(asked, [])
})

test('names with unresponsive servers delay no other look-up, and can be cancelled', async t => {
  let reached = () => {}
  const allAsked = new Promise<void>(resolve => (reached = resolve))
  const slow = new Set<string>()
  const { server } = await startDns(t, name => {
    if (!name.startsWith('slow')) return IPV4
    slow.add(name)
    if (slow.size === 50) reached()
    return undefined
  })
  const controller = new AbortController()
  const lookups = Array.from({ length: 50 }, (_, i) => resolveName(`slow${i}.example`, controller.signal, [server]))
  const all = Promise.allSettled(lookups)
  await allAsked
  const [first] = await resolveName('quick.example', never, [server])
  t.is(first?.address, '11.22.33.44')
  controller.abort()
  // On a machine that is very busy, some have been given up before.
  for (const each of await all) t.true(each.status === 'rejected' && /ECANCELLED|ETIMEOUT/.test(each.reason.code))
  await t.throwsAsync(resolveName('late.example', controller.signal, [server]), { name: 'AbortError' })
})
