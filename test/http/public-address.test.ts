import test from 'ava'
import fc from 'fast-check'
import { isPublicAddress } from '../../src/http/public-address.ts'

const PUBLIC = [
  '8.8.8.8',
  '11.22.33.44',
  '1.1.1.1',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
]

const NOT_PUBLIC = [
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255'],
  ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '64:ff9b::a00:1'],
  ...['64:ff9b:1::808:808', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '2002:808:808::1', '3fff::1'],
  ...['5f00::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fec0::1', 'ff02::1', '4000::1'],
]

test('public addresses are told from special ones', t => {
  t.deepEqual(
    PUBLIC.filter(address => !isPublicAddress(address)),
    [],
  )
  t.deepEqual(NOT_PUBLIC.filter(isPublicAddress), [])
})

test('an IPv6 spelling of an IPv4 address is public only if the IPv4 address is', t => {
  fc.assert(
    fc.property(fc.ipV4(), ipv4 => {
      const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number)
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      const isPublic = isPublicAddress(ipv4)
      for (const spelling of [`::ffff:${ipv4}`, `::FFFF:${hex}`, `64:ff9b::${hex}`]) {
        if (isPublicAddress(spelling) !== isPublic) return false
      }
      return !isPublicAddress(`2002:${hex}::1`) && !isPublicAddress(`64:ff9b:1::${hex}`)
    }),
  )
  t.pass()
})
