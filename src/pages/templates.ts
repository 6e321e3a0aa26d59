import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import { type Explained, messageOf, OptionsError } from '../errors.ts'
import { english } from '../languages/english.ts'
import type { Language } from '../languages/language.ts'
import { fill, type MessageRef, type Values } from '../languages/messages.ts'

/** The package's `templates/`, next to `src/` in a clone and next to `dist/` when installed. */
export const TEMPLATES = new URL('../../templates/', import.meta.url)

const OWN = fileURLToPath(TEMPLATES)
const NAMES = new Set(readdirSync(OWN).filter(name => name.endsWith('.html')))

/** Prefix for extending the package's template of the same name. */
const PREFIX = 'koa-wp-connect/'

/**
 * Creates the renderer of templates in one language.
 *
 * @param directory the host's directory, whose files replace the package's templates
 * @throws OptionsError for a file that is not a valid template, or extends itself
 */
export function createTemplates(language: Language, directory: string | undefined) {
  const directories = directory === undefined ? [OWN] : [directory, OWN]
  const loaders = [new PrefixLoader(), ...directories.map(each => new nunjucks.FileSystemLoader(each))]
  const environment = new nunjucks.Environment(loaders, { autoescape: true, throwOnUndefined: true })

  environment.addGlobal('lang', language.tag)
  environment.addGlobal('dir', language.direction)
  environment.addGlobal('t', (message: MessageRef | string, values?: MarkedValues) =>
    translate(language, message, values),
  )
  environment.addGlobal('explain', (error: Explained) => explain(language, error))
  /**
   * For scripts, which get errors in English: their translations by the English text. Not by code, so that a host's own
   * messages stay unchanged.
   */
  environment.addGlobal('sayings', (codes: readonly string[]) => {
    const errors = codes.map(code => ({ id: `errors.${code}` }))
    return Object.fromEntries(errors.map(message => [english(message), language.say(message)]))
  })

  environment.addFilter('date', language.date)
  environment.addFilter('number', (value: number) => language.write(value))
  /** Formats a time (Unix seconds) for `<time datetime>`. */
  environment.addFilter('iso', (seconds: number) => new Date(seconds * 1000).toISOString())
  /** Returns the first letter of a name, as a reader sees letters. */
  environment.addFilter('letter', (name: string) => [...LETTERS.segment(name.trim())][0]?.segment.toUpperCase() ?? '?')

  if (directory !== undefined) compileAll(environment, directory)

  /** Renders `<name>.html`. Every value is escaped. */
  return (name: string, values: object): string => environment.render(`${name}.html`, values)
}

/** Returns an error's message in the reader's language, or the text of the host that threw it. */
export function explain(language: Language, error: Explained): string {
  const message = messageOf(error)
  return message ? language.say(message) : error.message
}

const LETTERS = new Intl.Segmenter('en', { granularity: 'grapheme' })

const { SafeString } = nunjucks.runtime
type MarkedValues = Readonly<Record<string, Values[string] | InstanceType<typeof SafeString>>>

/**
 * Translates a message in a template. The message and its values are plain text, except for HTML that macros have created.
 * That HTML stays as it is, and everything around it is escaped here.
 */
function translate(language: Language, message: MessageRef | string, given: MarkedValues = {}) {
  const { id, values = given } =
    typeof message === 'string' ? { id: message } : (message as { id: string; values?: MarkedValues })
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

/** Loads the package's template for `{% extends "koa-wp-connect/profile.html" %}`. */
class PrefixLoader extends nunjucks.FileSystemLoader {
  constructor() {
    super(OWN)
  }
  override getSource(name: string): nunjucks.LoaderSource {
    // null passes to the next loader; nunjucks supports it, but its types do not say so.
    if (!name.startsWith(PREFIX)) return null as unknown as nunjucks.LoaderSource
    return super.getSource(name.slice(PREFIX.length))
  }
}

/** Reports a mistake in the host's templates when the site starts, not to the first visitor. */
function compileAll(environment: nunjucks.Environment, directory: string): void {
  for (const name of readdirSync(directory).filter(each => NAMES.has(each))) {
    if (extendsItself(name, readFileSync(join(directory, name), 'utf8'))) {
      throw badTemplate(`${name} extends itself; expected {% extends "${PREFIX}${name}" %}`)
    }
    try {
      environment.getTemplate(name, true)
    } catch (error) {
      throw badTemplate(`${name} is not a valid template: ${(error as Error).message}`)
    }
  }
}

/** Such a template would recurse endlessly when it is rendered. */
const extendsItself = (name: string, source: string) => /\{%-?\s*extends\s+(["'])(.*?)\1/.exec(source)?.[2] === name

const badTemplate = (why: string) => new OptionsError(`createConnect: pages.templates: ${why}`)
