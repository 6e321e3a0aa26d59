import test from 'ava'
import fc from 'fast-check'
import { parseBasic } from '../../src/authentication/basic.ts'
import { ConnectError } from '../../src/errors.ts'

const encode = (text: string) => Buffer.from(text).toString('base64')

test('well-formed Basic headers are parsed', t => {
  t.deepEqual(parseBasic(`Basic ${encode('admin:abcd EFGH')}`), { login: 'admin', password: 'abcd EFGH' })
  t.deepEqual(parseBasic(`basic  ${encode('a:b')}`), { login: 'a', password: 'b' })
  t.deepEqual(parseBasic(`BASIC ${encode('a:b:c')}`), { login: 'a', password: 'b:c' })
  t.deepEqual(parseBasic(`Basic ${encode('jürgen:pässwörd')}`), { login: 'jürgen', password: 'pässwörd' })
  const latin1 = Buffer.from('jürgen:pässwörd', 'latin1').toString('base64')
  t.deepEqual(parseBasic(`Basic ${latin1}`), { login: 'jürgen', password: 'pässwörd' }, 'as older clients send it')
  t.deepEqual(parseBasic(`Basic ${encode(':')}`), { login: '', password: '' })
  t.deepEqual(parseBasic(`Basic ${encode('ab:c').replace(/=+$/, '')}`), { login: 'ab', password: 'c' })
})

test('another scheme, or none, returns null', t => {
  for (const header of ['', 'Bearer abc', 'Digest username="x"', 'Basically abc', 'eyJhbGciOi'])
    t.is(parseBasic(header), null)
})

test('a Basic header without login and password is rejected with a code', t => {
  const broken = [
    'Basic',
    'Basic ',
    'Basic !!!',
    `Basic ${encode('no colon')}`,
    'Basic a b',
    'Basic ====',
    'Basic /w==',
    'Basic -_-_',
  ]
  for (const header of broken) {
    t.is(t.throws(() => parseBasic(header), { instanceOf: ConnectError })?.code, 'invalid_authorization_header', header)
  }
})

test('property: what curl sends is decoded unchanged', t => {
  const login = fc.string().filter(text => !text.includes(':') && text.isWellFormed())
  const password = fc.string().filter(text => text.isWellFormed())
  fc.assert(
    fc.property(login, password, (sentLogin, sentPassword) => {
      const parsed = parseBasic(`Basic ${encode(`${sentLogin}:${sentPassword}`)}`)
      return parsed?.login === sentLogin && parsed.password === sentPassword
    }),
  )
  t.pass()
})

test('property: any header returns credentials or null, or is rejected', t => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map(rest => `Basic ${rest}`),
      ),
      header => {
        try {
          parseBasic(header)
          return true
        } catch (error) {
          return error instanceof ConnectError && error.status === 401
        }
      },
    ),
    { numRuns: 2000 },
  )
  t.pass()
})
