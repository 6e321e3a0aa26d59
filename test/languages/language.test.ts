import test from 'ava'
import { ENGLISH, OWN_LANGUAGES } from '../../src/languages/files.ts'
import { createLanguage } from '../../src/languages/language.ts'

const CONNECTIONS = 'app.connections.count'
const arabic = createLanguage('ar', [
  [
    'ar',
    {
      [CONNECTIONS]: { one: 'اتصال', two: 'اتصالان', few: '{count} اتصالات', other: '{count} اتصال' },
      'apps.title': 'التطبيقات',
    },
  ],
  ['en', ENGLISH],
])
const german = createLanguage('de', [
  ['de', OWN_LANGUAGES.de ?? {}],
  ['en', ENGLISH],
])

test('plural forms are those of the language', t => {
  const forms = [1, 2, 3, 11, 100].map(count => arabic.say({ id: CONNECTIONS, values: { count } }))
  t.deepEqual(forms, ['اتصال', 'اتصالان', '3 اتصالات', '11 اتصال', '100 اتصال'])
  t.is(german.say({ id: CONNECTIONS, values: { count: 1 } }), 'Sie haben einmal „Autorisieren“ gedrückt.')
  t.is(
    german.say({ id: CONNECTIONS, values: { count: 1234 } }),
    'Sie haben 1.234-mal „Autorisieren“ gedrückt, zum Beispiel auf zwei Geräten. „Trennen“ beendet alle diese Verbindungen.',
  )
})

test('a missing message is shown in English, with English plural forms', t => {
  t.is(arabic.say({ id: 'apps.title' }), 'التطبيقات')
  t.is(arabic.say({ id: 'apps.none' }), '\u2066You haven’t connected any apps yet.\u2069')
  const count = 3
  t.is(
    arabic.say({ id: 'errors.invalid_redirect_uri.too-many', values: { count } }),
    '\u2066A client can have at most 3 redirect addresses.\u2069',
  )
})

test('dates are formatted in the reader’s language', t => {
  t.is(german.date(1_790_000_000), '21.09.2026, 14:13 UTC')
  t.regex(arabic.date(1_790_000_000), /٢٠٢٦|2026/)
})

test('the direction is that of the script', t => {
  const direction = (tag: string) => createLanguage(tag, [['en', ENGLISH]]).direction
  const tags = ['en', 'ar', 'he', 'fa', 'ur', 'az', 'az-Arab', 'pa-PK', 'de-CH']
  const rightToLeft = tags.filter(tag => direction(tag) === 'rtl')
  t.deepEqual(rightToLeft, ['ar', 'he', 'fa', 'ur', 'az-Arab', 'pa-PK'])
})

test('in right-to-left text, inserted values stay in one piece', t => {
  const hebrew = createLanguage('he', [
    ['he', { 'doctor.address.ok': 'יש תשובה ב־{url}.' }],
    ['en', ENGLISH],
  ])
  const values = { url: 'https://example.com/' }
  t.is(hebrew.say({ id: 'doctor.address.ok', values }), 'יש תשובה ב־\u2068https://example.com/\u2069.')
  t.is(german.say({ id: 'doctor.address.ok', values }), 'Unter https://example.com/ antwortet ein Server.')
})

test('a value that contains placeholders is not expanded', t => {
  const said = german.say({ id: 'apps.details-of', values: { name: '{name} {0} $& $1' } })
  t.is(said, 'Details zu „{name} {0} $& $1“')
})

test('a message that does not exist throws', t => {
  t.throws(() => german.say({ id: 'no.such' }), { message: /no message "no.such"/ })
})
