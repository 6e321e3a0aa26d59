import { isIP } from 'node:net'
import test from 'ava'
import fc from 'fast-check'
import { clientAddress, networksOf } from '../../src/http/address.ts'

test('an address is parsed in every form that proxies write', t => {
  const forms: Record<string, string | null> = {
    '203.0.113.5': '203.0.113.5',
    '203.0.113.5:4711': '203.0.113.5',
    '"203.0.113.5:4711"': '203.0.113.5',
    ' 203.0.113.5 ': '203.0.113.5',
    '::ffff:203.0.113.5': '203.0.113.5',
    '::FFFF:cb00:7105': '203.0.113.5',
    '[::ffff:203.0.113.5]:80': '203.0.113.5',
    '2001:db8::1': '2001:db8::1',
    '[2001:db8::1]': '2001:db8::1',
    '[2001:db8::1]:443': '2001:db8::1',
    '"[2001:db8::1]:443"': '2001:db8::1',
    'fe80::1%eth0': 'fe80::1',
    '[fe80::1%eth0]:443': 'fe80::1',
    '': null,
    unknown: null,
    _hidden: null,
    'example.com:80': null,
    '203.0.113.5:port': null,
    '203.0.113.5:471111': null,
    '203.0.113': null,
    '[203.0.113.5]:80': null,
    '203.0.113.5, 198.51.100.1': null,
    '[2001:db8::1': null,
    'for=203.0.113.5': null,
  }
  for (const [given, address] of Object.entries(forms)) t.is(clientAddress(given), address, given)
})

test('property: a port changes nothing, and the result is an address', t => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 65_535 }), (ip, port) => {
      const withPort = ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
      t.is(clientAddress(withPort), clientAddress(ip))
      t.not(isIP(clientAddress(ip) ?? ''), 0)
    }),
  )
  fc.assert(
    fc.property(fc.string(), text => {
      const address = clientAddress(text)
      return address === null || isIP(address) !== 0
    }),
  )
})

const namesOf = (address: string) => networksOf(address).map(({ prefix, name, times }) => `${name}${prefix} ${times}`)

test('IPv4 callers are counted by address; IPv6 callers by /64, /56 and /48, in any spelling', t => {
  t.deepEqual(namesOf('192.0.2.1'), ['192.0.2.1 1'])
  t.deepEqual(namesOf('2001:DB8:1:2345:3:4:5:6'), ['2001:db8:1:2345 1', '2001:db8:1:2300/56 4', '2001:db8:1/48 16'])
  t.deepEqual(namesOf('2001:db8:1:2345::9'), namesOf('2001:0db8:0001:2345:3:4:5:6'))
  t.deepEqual(namesOf('::1'), namesOf('::2'))
  fc.assert(fc.property(fc.ipV6(), ip => [1, 3].includes(networksOf(clientAddress(ip)).length)))
})

test('an IPv4 address inside an IPv6 one is counted as the IPv4 address', t => {
  for (const address of ['::ffff:192.0.2.1', '64:ff9b::192.0.2.1', '64:ff9b::c000:201', '2002:c000:201:1::5']) {
    t.deepEqual(namesOf(address), ['192.0.2.1 1'], address)
  }
  t.deepEqual(namesOf('64:ff9b:1::c000:201'), ['64:ff9b:1:0:0:0:c000:201 1'], 'by a translator of the network’s own')
})

test('callers without an address have no network, so that they share none', t => {
  t.deepEqual(networksOf(null), [])
  t.is(networksOf('the-id-of-a-known-browser').length, 1)
})
