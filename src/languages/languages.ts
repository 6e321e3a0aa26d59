import type { Context } from 'koa'
import { lookUp, readAcceptLanguage } from './accept-language.ts'
import { FALLBACK, OWN_LANGUAGES } from './files.ts'
import { createLanguage, type Language } from './language.ts'
import type { Messages } from './messages.ts'

/** Returns the reader's language, a tag such as `de`. If it returns nothing, the browser's language is used. */
export type LanguageOf = (ctx: Context) => string | null | undefined | Promise<string | null | undefined>

/**
 * The languages of the pages, the package's and the host's, and the choice for each reader.
 *
 * @param given the host's messages, by language; they override the package's
 * @param scopes English descriptions of the host's scopes, for languages without their own
 */
export function createLanguages(
  given: Readonly<Record<string, Messages>>,
  scopes: Messages,
  languageOf: LanguageOf | undefined,
) {
  const tags = [...new Set([...Object.keys(OWN_LANGUAGES), ...Object.keys(given)])]

  /** `pt-BR` falls back to `pt`, then to English. */
  function sourcesOf(tag: string): [string, Messages][] {
    const parts = tag.split('-')
    const wider = parts.map((_, end) => parts.slice(0, parts.length - end).join('-'))
    return [...new Set([...wider, FALLBACK])].flatMap(each =>
      [given[each], OWN_LANGUAGES[each]].flatMap(messages =>
        messages ? [[each, messages] as [string, Messages]] : [],
      ),
    )
  }

  const byTag = new Map(tags.map(tag => [tag, createLanguage(tag, [...sourcesOf(tag), [FALLBACK, scopes]])] as const))
  const english = byTag.get(FALLBACK) as Language
  const known = new WeakMap<Context, Language>()

  function best(wanted: readonly string[]): Language | undefined {
    for (const each of wanted) {
      const tag = lookUp(each, tags)
      if (tag !== undefined) return byTag.get(tag)
    }
    return undefined
  }

  const ofBrowser = (ctx: Context) => best(readAcceptLanguage(ctx.get('Accept-Language'))) ?? english

  return {
    all: [...byTag.values()],
    /** Asks the host for the reader's language, once per request. */
    async learn(ctx: Context): Promise<void> {
      const told = await languageOf?.(ctx)
      known.set(ctx, (typeof told === 'string' ? best([told]) : undefined) ?? ofBrowser(ctx))
    },
    /** Returns the chosen language; before that, the browser's. */
    of: (ctx: Context): Language => known.get(ctx) ?? ofBrowser(ctx),
  }
}
