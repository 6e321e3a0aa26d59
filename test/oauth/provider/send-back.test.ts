import test from 'ava'
import fc from 'fast-check'
import { addressOf } from '../../../src/oauth/provider/send-back.ts'

const ADDRESSES: [redirectUri: string, expected: string][] = [
  ['https://app.example/cb', 'https://app.example/cb?code=x'],
  ['https://app.example', 'https://app.example?code=x'],
  ['https://app.example/cb?close', 'https://app.example/cb?close&code=x'],
  ['https://app.example/cb?t=x%20y', 'https://app.example/cb?t=x%20y&code=x'],
  ['https://app.example/cb?t=x+y&u=%C3%A4', 'https://app.example/cb?t=x+y&u=%C3%A4&code=x'],
  ['https://app.example/cb?', 'https://app.example/cb?code=x'],
  ['https://app.example/cb?a&', 'https://app.example/cb?a&code=x'],
  ['https://APP.example:443/./a//b/', 'https://APP.example:443/./a//b/?code=x'],
  ['my.app:/cb', 'my.app:/cb?code=x'],
  ['raycast://oauth?package_name=Extension', 'raycast://oauth?package_name=Extension&code=x'],
  ['https://app.example/cb?code=planted', 'https://app.example/cb?code=x'],
  ['https://app.example/cb?a=1&c%6fde=planted&b', 'https://app.example/cb?a=1&b&code=x'],
]

for (const [redirectUri, expected] of ADDRESSES) {
  test(`stays as registered: ${redirectUri}`, t => {
    t.is(addressOf({ redirectUri, parameters: { code: 'x' }, mode: 'query' }), expected)
  })
}

test('property: any redirect URI stays unchanged, and any response is parsed as it was meant', t => {
  const character = fc.constantFrom(..."abcXYZ019-._~!$'()*,;:@/?&=+%20")
  const query = fc.array(character, { maxLength: 30 }).map(characters => characters.join(''))
  const address = fc.tuple(fc.webUrl(), fc.option(query)).map(([url, text]) => (text === null ? url : `${url}?${text}`))
  const value = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('a b', 'a+b', 'a%20b', '&=#?'))
  fc.assert(
    fc.property(address, value, fc.constantFrom('query', 'fragment'), (redirectUri, state, mode) => {
      fc.pre(!['code', 'state'].some(name => new URL(redirectUri).searchParams.has(name)))
      const back = addressOf({ redirectUri, parameters: { code: 'c', state }, mode })
      t.true(back.startsWith(redirectUri))
      const { searchParams, hash } = new URL(back)
      const told = mode === 'query' ? searchParams : new URLSearchParams(hash.slice(1))
      t.deepEqual([told.getAll('code'), told.getAll('state')], [['c'], [state]])
      // As those read it who do not take "+" for a space.
      t.is(decodeURIComponent(/state=([^&]*)$/.exec(back)?.[1] ?? ''), state)
    }),
  )
})
