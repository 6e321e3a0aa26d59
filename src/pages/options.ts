import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Context } from 'koa'
import { z } from 'zod'
import { ENGLISH } from '../languages/files.ts'
import type { LanguageOf } from '../languages/languages.ts'
import { type Message, type Messages, placeholdersOf } from '../languages/messages.ts'

/**
 * How the pages look, and in which language.
 *
 * @example
 * const pages = { templates: new URL('templates/', import.meta.url), stylesheet: '/site.css', language: () => 'de' }
 */
export interface PagesOptions {
  /** A directory, as a path or a file URL. A file in it replaces the package's template of the same name. */
  templates?: string | URL
  /**
   * URL of your stylesheet, on the site's own origin, such as `/site.css`. It is loaded after the package's stylesheet, so
   * you only need to set the variables of connect.css. With `replace: true` it is loaded alone.
   */
  stylesheet?: string | { href: string; replace?: boolean }
  /**
   * URL of your help page, `https://…` or a path such as `/help/apps`. It is linked where a new password is shown. Without
   * it, the page explains in a few lines where to enter the password.
   */
  help?: string | URL
  /**
   * Additional languages, by their tags (RFC 5646), and your own texts for existing ones. Messages have the ids of
   * `templates/languages/en.json`. Missing messages are shown in English.
   */
  languages?: Readonly<Record<string, Readonly<Record<string, Message>>>>
  /**
   * Returns the reader's language, such as `de`, if you know it. By default, and if it returns nothing, the best match of
   * `Accept-Language`.
   */
  language?: (ctx: Context) => string | null | undefined | Promise<string | null | undefined>
}

const DIRECTORY = 'expected an existing directory, as a path or a file URL'

const templatesSchema = z.union([z.string(), z.instanceof(URL)], DIRECTORY).transform((given, context) => {
  const path = pathOf(given)
  if (path !== null && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path
  context.addIssue(DIRECTORY)
  return z.NEVER
})

function pathOf(given: string | URL): string | null {
  const url = typeof given === 'string' && given.startsWith('file:') && URL.canParse(given) ? new URL(given) : given
  if (typeof url === 'string') return url === '' ? null : resolve(url)
  return url.protocol === 'file:' ? fileURLToPath(url) : null
}

const STYLESHEET = 'expected a URL on the site’s own origin, such as "/site.css"'

const stylesheetSchema = z
  .union([z.string(), z.strictObject({ href: z.string(), replace: z.boolean().default(false) })], STYLESHEET)
  .transform(given => (typeof given === 'string' ? { href: given, replace: false } : given))

/** Other origins are blocked by the pages' own Content-Security-Policy. */
function isOnOrigin(href: string, siteUrl: string): boolean {
  const isWhole = /^\/(?![/\\])|^https?:\/\//.test(href)
  return isWhole && URL.parse(href, siteUrl)?.origin === new URL(siteUrl).origin
}

const HELP = 'expected an https:// or http:// URL, or a path of the site such as "/help"'

const helpSchema = z.union([z.string(), z.instanceof(URL)], HELP).transform((given, context) => {
  const href = String(given)
  const isPath = /^\/(?![/\\])/.test(href) && URL.canParse(href, 'https://site.example')
  if (isPath || /^https?:$/.test(URL.parse(href)?.protocol ?? '')) return href
  context.addIssue(HELP)
  return z.NEVER
})

const TAG = 'expected a language tag, such as "ar" or "pt-BR"'

const tagSchema = z.string().refine(tag => {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag
  } catch {
    return false
  }
}, TAG)

const MESSAGE = 'expected a text, or texts by plural form such as { one: "…", other: "…" }'

const text = z.string().min(1, MESSAGE)
const form = text.optional()

const messageSchema = z.union(
  [text, z.strictObject({ zero: form, one: form, two: form, few: form, many: form, other: text })],
  MESSAGE,
) as z.ZodType<Message>

export const pagesSchema = z
  .strictObject({
    templates: templatesSchema.optional(),
    stylesheet: stylesheetSchema.optional(),
    help: helpSchema.optional(),
    languages: z.record(tagSchema, z.record(z.string(), messageSchema)).default({}),
    language: z.custom<LanguageOf>(value => typeof value === 'function', 'expected a function').optional(),
  })
  .prefault({})

/** The checked option. */
export type CheckedPages = z.output<typeof pagesSchema>

interface WithPages {
  pages: CheckedPages
  site: { url: string }
  oauth?: { scopes: Readonly<Record<string, string>> } | undefined
}

/** Checks what depends on other options: the origin of the stylesheet, and the ids and placeholders of messages. */
export function checkPages({ pages, site, oauth }: WithPages, context: z.RefinementCtx): void {
  if (pages.stylesheet && !isOnOrigin(pages.stylesheet.href, site.url)) {
    context.addIssue({ code: 'custom', path: ['pages', 'stylesheet'], message: STYLESHEET })
  }
  const scopes = Object.keys(oauth?.scopes ?? {}).map(name => [`scopes.${name}`, ''])
  const known: Messages = { ...ENGLISH, ...Object.fromEntries(scopes) }
  for (const [tag, messages] of Object.entries(pages.languages)) {
    for (const [id, message] of Object.entries(messages)) {
      const problem = messageProblem(known, id, message)
      if (problem) context.addIssue({ code: 'custom', path: ['pages', 'languages', tag, id], message: problem })
    }
  }
}

function messageProblem(known: Messages, id: string, message: Message): string | null {
  const english = Object.hasOwn(known, id) ? known[id] : undefined
  if (english === undefined) return 'templates/languages/en.json has no message with this id'
  const expected = placeholdersOf(typeof english === 'string' ? english : english.other)
  const list = [...expected].map(name => `{${name}}`).join(', ')
  const forms = typeof message === 'string' ? { other: message } : message
  if (typeof message !== 'string' && !expected.has('count'))
    return 'expected a single text, because this message has no plural forms'
  for (const [form, text] of Object.entries(forms)) {
    const found = placeholdersOf(text)
    // "One second" needs no number.
    if (form !== 'other') found.add('count')
    if (![...found, ...expected].every(name => found.has(name) && expected.has(name)))
      return list === '' ? 'expected no placeholder' : `expected exactly the placeholders ${list}`
  }
  return null
}
