import test from 'ava'
import fc from 'fast-check'
import { applicationPasswordName, MAX_NAME } from '../../src/application-passwords/name.ts'
import type { ConnectError } from '../../src/errors.ts'

const kept: [sent: string, name: string][] = [
  ['Zapier', 'Zapier'],
  ['  a \n\t b  ', 'a b'],
  ['<b>bold</b> app', 'bold app'],
  ['x<script>alert(1)</script>y', 'xy'],
  ['x<style>p{}</style>y', 'xy'],
  ['50%20off', '50off'],
  ['100 % pure', '100 % pure'],
  ['a < b', 'a < b'],
  ['it\'s "quoted" \\ ünïcödé 🎉', 'it\'s "quoted" \\ ünïcödé 🎉'],
  ['nul\0byte', 'nul byte'],
  ['\u202Eevil', 'evil'],
  ['__proto__', '__proto__'],
]
for (const [sent, name] of kept) {
  test(`${JSON.stringify(sent)} is stored as ${JSON.stringify(name)}`, t => t.is(applicationPasswordName(sent), name))
}

const codeOf = (sent: string) => {
  try {
    applicationPasswordName(sent)
    return 'ok'
  } catch (error) {
    return (error as ConnectError).code
  }
}
for (const sent of ['', ' ', '0', ' 0 ', '<b></b>', '<script>alert(1)</script>', '%20', '\0']) {
  test(`${JSON.stringify(sent)} leaves an empty name`, t => t.is(codeOf(sent), 'application_password_empty_name'))
}

test('a name has at most 200 characters, counted as characters and not as UTF-16 units', t => {
  t.is(codeOf('🎉'.repeat(MAX_NAME)), 'ok')
  t.is(codeOf('🎉'.repeat(MAX_NAME + 1)), 'application_password_name_too_long')
})

test('property: a sanitized name is never empty, too long, multi-line or malformed, and stays the same when sanitized again', t => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 220 }), fc.stringMatching(/^[<>a-z/!%0-9 "'=-]{0,80}$/)),
      sent => {
        if (codeOf(sent) !== 'ok') return true
        const name = applicationPasswordName(sent)
        const isStable = codeOf(name) !== 'ok' || applicationPasswordName(name).length <= name.length
        return (
          name.length > 0 && [...name].length <= MAX_NAME && !/[\p{Cc}]/u.test(name) && name.isWellFormed() && isStable
        )
      },
    ),
    { numRuns: 3000 },
  )
  t.pass()
})
