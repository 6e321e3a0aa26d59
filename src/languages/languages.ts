import type { Context } from 'koa'
import { lookUp, readAcceptLanguage } from './accept-language.ts'
import { FALLBACK, OWN_LANGUAGES } from './files.ts'
import { createLanguage, type Language } from './language.ts'
import type { Messages } from './words.ts'

/** What the host knows of its reader's language: a tag such as `de`; nothing leaves it to the browser. */
export type LanguageOf = (ctx: Context) => string | null | undefined | Promise<string | null | undefined>

/**
 * The languages of the pages: the package's own, the host's, and for each reader the right one.
 *
 * @param given messages of the host's, by language: they stand before the package's
 * @param scopes what the host's scopes are called where a language has no words for them
 */
export function createLanguages(
  given: Readonly<Record<string, Messages>>,
  scopes: Messages,
  languageOf: LanguageOf | undefined,
) {
  const tags = [...new Set([...Object.keys(OWN_LANGUAGES), ...Object.keys(given)])]

  /** `pt-BR` falls back to `pt`, and that to English. */
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
    /** Asks the host, once a request. */
    async learn(ctx: Context): Promise<void> {
      const told = await languageOf?.(ctx)
      known.set(ctx, (typeof told === 'string' ? best([told]) : undefined) ?? ofBrowser(ctx))
    },
    /** What was learned; before that, as the browser has it. */
    of: (ctx: Context): Language => known.get(ctx) ?? ofBrowser(ctx),
  }
}
