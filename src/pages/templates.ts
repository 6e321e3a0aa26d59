import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import { type Explained, messageOf, OptionsError } from '../errors.ts'
import { english } from '../languages/english.ts'
import type { Language } from '../languages/language.ts'
import { fill, type MessageRef, type Values } from '../languages/words.ts'

/** The package's `templates/`, beside `src/` in a clone and beside `dist/` when installed. */
export const TEMPLATES = new URL('../../templates/', import.meta.url)

const OWN = fileURLToPath(TEMPLATES)
const NAMES = new Set(readdirSync(OWN).filter(name => name.endsWith('.html')))

/** By which a file of the host's means the package's own of the same name. */
const PREFIX = 'koa-wp-connect/'

/**
 * The pages' templates in one language.
 *
 * @param directory of the host's, with files that are used instead of the package's
 * @throws OptionsError for a file there that is no template, or extends itself
 */
export function createTemplates(language: Language, directory: string | undefined) {
  const directories = directory === undefined ? [OWN] : [directory, OWN]
  const loaders = [new PrefixLoader(), ...directories.map(each => new nunjucks.FileSystemLoader(each))]
  const environment = new nunjucks.Environment(loaders, { autoescape: true, throwOnUndefined: true })

  environment.addGlobal('lang', language.tag)
  environment.addGlobal('dir', language.direction)
  environment.addGlobal('t', (words: MessageRef | string, values?: MarkedValues) => translate(language, words, values))
  environment.addGlobal('explain', (error: Explained) => explain(language, error))
  /** For scripts, which are told errors in English: what is said here instead. Not by the code, for a host's own words stay. */
  environment.addGlobal('sayings', (codes: readonly string[]) => {
    const errors = codes.map(code => ({ id: `errors.${code}` }))
    return Object.fromEntries(errors.map(words => [english(words), language.say(words)]))
  })

  environment.addFilter('date', language.date)
  environment.addFilter('number', (value: number) => language.write(value))
  /** A moment (Unix seconds) for `<time datetime>`. */
  environment.addFilter('iso', (seconds: number) => new Date(seconds * 1000).toISOString())
  /** The first letter of a name, as a reader sees letters. */
  environment.addFilter('letter', (name: string) => [...LETTERS.segment(name.trim())][0]?.segment.toUpperCase() ?? '?')

  if (directory !== undefined) compileAll(environment, directory)

  /** Renders `<name>.html`; every value is escaped. */
  return (name: string, values: object): string => environment.render(`${name}.html`, values)
}

/** What an error says: in the reader's language, or in the words of the host that threw it. */
export function explain(language: Language, error: Explained): string {
  const words = messageOf(error)
  return words ? language.say(words) : error.message
}

const LETTERS = new Intl.Segmenter('en', { granularity: 'grapheme' })

const { SafeString } = nunjucks.runtime
type MarkedValues = Readonly<Record<string, Values[string] | InstanceType<typeof SafeString>>>

/**
 * A message in a template. It is plain text, and so are its values, save for pieces of HTML that macros made: these stay what
 * they are, and everything around them is escaped here.
 */
function translate(language: Language, words: MessageRef | string, given: MarkedValues = {}) {
  const { id, values = given } =
    typeof words === 'string' ? { id: words } : (words as { id: string; values?: MarkedValues })
  const hasMarkup = Object.values(values).some(value => value instanceof SafeString)
  if (!hasMarkup) return language.say({ id, values: values as Values })
  const html = fill(escapeHtml(language.message(id, values as Values)), name => {
    const value = values[name]
    if (value === undefined || value instanceof SafeString) return value?.toString()
    return escapeHtml(language.write(value as Values[string]))
  })
  return new SafeString(html)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, character => ENTITIES[character] as string)

/** `{% extends "koa-wp-connect/profile.html" %}`. */
class PrefixLoader extends nunjucks.FileSystemLoader {
  constructor() {
    super(OWN)
  }
  override getSource(name: string): nunjucks.LoaderSource {
    // The next loader's turn; nunjucks takes null for that, which its types do not say.
    if (!name.startsWith(PREFIX)) return null as unknown as nunjucks.LoaderSource
    return super.getSource(name.slice(PREFIX.length))
  }
}

/** A mistake in a template of the host's is told when the site starts, and not to the first visitor. */
function compileAll(environment: nunjucks.Environment, directory: string): void {
  for (const name of readdirSync(directory).filter(each => NAMES.has(each))) {
    if (extendsItself(name, readFileSync(join(directory, name), 'utf8'))) {
      throw refusal(`${name} extends itself: expected {% extends "${PREFIX}${name}" %}`)
    }
    try {
      environment.getTemplate(name, true)
    } catch (error) {
      throw refusal(`${name} is no template: ${(error as Error).message}`)
    }
  }
}

/** It would without end, when it is first shown. */
const extendsItself = (name: string, source: string) => /\{%-?\s*extends\s+(["'])(.*?)\1/.exec(source)?.[2] === name

const refusal = (why: string) => new OptionsError(`createConnect: pages.templates: ${why}`)
