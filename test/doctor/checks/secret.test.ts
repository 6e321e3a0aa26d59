import { randomBytes } from 'node:crypto'
import test from 'ava'
import { weaknessOf } from '../../../src/doctor/checks/secret.ts'
import { english } from '../../../src/languages/english.ts'

const WEAK: Record<string, RegExp> = {
  [randomBytes(23).toString('base64url')]: /shorter than 32/,
  ['a'.repeat(64)]: /very few different/,
  ['0101100110'.repeat(5)]: /very few different/,
  ['correct-horse-'.repeat(4)]: /repeats/,
  ['abcdefghijkl'.repeat(3).slice(0, 33)]: /repeats/,
  abcdefghijklmnopqrstuvwxyz012345: /in a row/,
  ABCDEFGHIJKLMNOPQRSTUVWXYZ9876543210: /in a row/,
  'change-me-to-something-random-please!': /placeholder/,
  '4f8a-your-secret-goes-here-91bc-0d2e': /placeholder/,
  'the quick brown fox jumps over the lazy dog': /words/,
  'nobody-will-ever-guess-this-long-thing': /words/,
  'Correct Horse Battery STAPLE, and more.': /words/,
}
for (const [secret, why] of Object.entries(WEAK)) {
  test(`weak: ${secret.slice(0, 40)}`, t => {
    t.regex(english({ id: weaknessOf(secret) ?? 'none' }), why)
  })
}

test('what programs make at random is strong, in whatever alphabet', t => {
  t.is(weaknessOf('tqF-E-BGsTWg-iTGcefHk-DEJociAKqLrGHUZHSV-kM'), null, 'letters and dashes by chance')
  for (let times = 0; times < 2000; times++) {
    const bytes = randomBytes(32)
    for (const secret of [
      bytes.toString('base64url'),
      bytes.toString('base64'),
      bytes.toString('hex'),
      bytes.subarray(0, 16).toString('hex'),
      BigInt(`0x${bytes.toString('hex')}`).toString(10),
    ]) {
      t.is(weaknessOf(secret), null, secret)
    }
  }
})
