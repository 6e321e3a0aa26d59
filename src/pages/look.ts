import type { Context } from 'koa'
import type { CheckedOptions } from '../connect/options.ts'
import { rootPathOf } from '../http/root-path.ts'
import { createLanguages } from '../languages/languages.ts'
import { assetPath } from './assets.ts'
import { createTemplates } from './templates.ts'

export type Look = ReturnType<typeof createLook>

/** How pages look and what language they speak: templates, stylesheets and words, the package's and the host's. */
export function createLook({ site, pages, oauth }: Pick<CheckedOptions, 'site' | 'pages' | 'oauth'>) {
  const scopes = Object.entries(oauth?.scopes ?? {}).map(([name, words]) => [`scopes.${name}`, words])
  const languages = createLanguages(pages.languages, Object.fromEntries(scopes), pages.language)
  const templates = new Map(languages.all.map(language => [language, createTemplates(language, pages.templates)]))
  const root = rootPathOf(site.url)

  /** A link within the site, wherever it is mounted. */
  const path = (below: string) => root + below
  const asset = (name: string) => path(assetPath(name))

  return {
    path,
    helpUrl: pages.help ?? null,
    learnLanguage: languages.learn,
    /** A template's HTML, in the reader's language. */
    render(ctx: Context, template: string, values: object): { html: string; language: string } {
      const language = languages.of(ctx)
      const render = templates.get(language)
      if (!render) throw new Error(`there are no templates in ${language.tag}`)
      return {
        html: render(template, {
          site,
          path,
          asset,
          stylesheet: pages.stylesheet ?? null,
          user: null,
          logoutUrl: null,
          ...values,
        }),
        language: language.tag,
      }
    },
  }
}
