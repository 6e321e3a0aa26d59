import type { Context } from 'koa'
import { rootPathOf } from '../http/root-path.ts'
import { createLanguages } from '../languages/languages.ts'
import type { Messages } from '../languages/messages.ts'
import type { Site } from '../site.ts'
import { assetPath } from './assets.ts'
import type { CheckedPages } from './options.ts'
import { createTemplates } from './templates.ts'

interface ThemeParts {
  site: Site
  pages: CheckedPages
  /** Extra English messages, such as the descriptions of the host's scopes. */
  messages: Messages
}

export type Theme = ReturnType<typeof createTheme>

/** How pages look, and in which language: templates, stylesheets and messages, the package's and the host's. */
export function createTheme({ site, pages, messages }: ThemeParts) {
  const languages = createLanguages(pages.languages, messages, pages.language)
  const templates = new Map(languages.all.map(language => [language, createTemplates(language, pages.templates)]))
  const root = rootPathOf(site.url)

  /** Returns a link within the site, below the path where it is mounted. */
  const path = (below: string) => root + below
  const asset = (name: string) => path(assetPath(name))

  return {
    path,
    helpUrl: pages.help ?? null,
    chooseLanguage: languages.learn,
    /** Renders a template in the reader's language. */
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
