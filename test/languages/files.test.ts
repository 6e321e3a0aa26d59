import { readdirSync } from 'node:fs'
import test from 'ava'
import { ConnectError, type ErrorCode } from '../../src/errors.ts'
import { ENGLISH, OWN_LANGUAGES } from '../../src/languages/files.ts'
import { type Message, placeholdersOf } from '../../src/languages/messages.ts'
import { read } from '../support/markdown.ts'

const root = new URL('../../', import.meta.url)
const files = (folder: string, extension: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(extension))
    .map(name => `${folder}/${name}`)

const templates = files('templates', '.html')
const scripts = files('templates/assets', '.js')
// The site that `npm start` runs is a host, and has words of its own.
const sources = files('src', '.ts').filter(path => !path.startsWith('src/server/'))
const textOf = (message: Message) => (typeof message === 'string' ? message : message.other)

for (const [tag, messages] of Object.entries(OWN_LANGUAGES)) {
  test(`${tag} has every message, in the same order, with the same placeholders`, t => {
    t.deepEqual(Object.keys(messages), Object.keys(ENGLISH))
    for (const [id, english] of Object.entries(ENGLISH)) {
      const message = messages[id] as Message
      t.is(typeof message, typeof english, id)
      t.deepEqual([...placeholdersOf(textOf(message))].sort(), [...placeholdersOf(textOf(english))].sort(), id)
    }
  })

  test(`${tag} has every plural form of its language, and no markup`, t => {
    const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.sort()
    for (const [id, message] of Object.entries(messages)) {
      if (typeof message !== 'string') t.deepEqual(Object.keys(message).sort(), forms, id)
      for (const text of typeof message === 'string' ? [message] : Object.values(message)) {
        t.notRegex(text, /[<>&]|^\s|\s$|\s\s/, id)
      }
    }
  })
}

/** Ids that are put together where they are used. */
const DYNAMIC =
  /^(errors\.\w+|scopes\.auth|connection\.status\.\w+|client\.type\.\w+|doctor\.[\w.-]+\.advice-(app|serve))$/

test('every message is used, and every used message exists', t => {
  const used = new Set(
    [...templates, ...sources]
      .flatMap(path => [...read(path).matchAll(/'([a-z][\w-]*(?:\.[\w-]+)+)'/g)])
      .map(([, id = '']) => id),
  )
  for (const id of Object.keys(ENGLISH)) t.true(used.has(id) || DYNAMIC.test(id), `${id} is used nowhere`)
  const spaces = new Set(Object.keys(ENGLISH).map(id => id.split('.')[0]))
  const isFile = /\.(html|css|js|ts|json|db|php)$/
  for (const id of used) {
    const isId = spaces.has(id.split('.')[0]) && !isFile.test(id)
    if (isId) t.true(Object.hasOwn(ENGLISH, id), `${id} is in no message file`)
  }
})

test('every error has a message, the same on pages and for programs, and no message is left over', t => {
  const catalogue = /const catalogue = \{(.*?)\n\} as const/s.exec(read('src/errors.ts'))?.[1] ?? ''
  const codes = [...catalogue.matchAll(/^ {2}(\w+): \{/gm)].map(([, code = '']) => code as ErrorCode)
  t.true(codes.length > 40)
  for (const code of codes) t.is(ENGLISH[`errors.${code}`], new ConnectError(code).message)
  const known = Object.keys(ENGLISH).flatMap(id => /^errors\.(\w+)/.exec(id)?.[1] ?? [])
  t.deepEqual([...new Set(known)].sort(), [...codes].sort())
})

/** What nobody reads, and what is no word of any language. */
const NO_WORDS = [
  /\{#.*?#\}/gs,
  /\{%.*?%\}/gs,
  /\{\{.*?\}\}/gs,
  // A command to type.
  /<pre.*?<\/pre>/gs,
  // As WordPress's own form sends it; what the button says stands beside it.
  / value="Log In"/g,
]
const READ_ATTRIBUTES =
  /\s(?:aria-label|title|placeholder|alt|data-label|data-copied|data-selected|data-words)="([^"]*)"/g

function wordsIn(template: string): string[] {
  const html = NO_WORDS.reduce((text, pattern) => text.replace(pattern, ''), template)
  const attributes = [...html.matchAll(READ_ATTRIBUTES)].map(([, value = '']) => value)
  const buttons = [...html.matchAll(/<(?:button|input type="submit")[^>]* value="([^"]*[A-Z][^"]*)"/g)].map(
    ([, v = '']) => v,
  )
  const text = html.replace(/<[^>]*>/g, '\n').split('\n')
  return [...attributes, ...buttons, ...text]
    .map(each => each.replace(/&\w+;/g, '').trim())
    .filter(each => /\p{L}/u.test(each))
}

test('templates contain no text of their own', t => {
  t.true(templates.length > 20)
  for (const path of templates) t.deepEqual(wordsIn(read(path)), [], path)
  t.deepEqual(wordsIn('<p title="Hello">{{ t("x") }} there</p><input aria-label="{{ t("y") }}">'), ['Hello', 'there'])
})

test('scripts contain no text of their own', t => {
  t.true(scripts.length > 5)
  for (const path of scripts) {
    const code = read(path).replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '')
    const sentences = [...code.matchAll(/(['"`])((?:(?!\1).)*)\1/g)].map(([, , text = '']) => text)
    const spoken = sentences.filter(text => /^[A-Z][a-z]+[ !.?]/.test(text) && !text.startsWith('Basic '))
    t.deepEqual(spoken, [], path)
  }
})
