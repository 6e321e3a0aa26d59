import type { Content, FileStore, Settings } from '../content/content.ts'
import type { ContentContext } from '../content/content-context.ts'
import { createItemRows } from './item-rows.ts'
import { createMediaRows } from './media-rows.ts'
import { createTermRows } from './term-rows.ts'

/** Options of `embeddedContent()`. */
export interface EmbeddedContentOptions {
  /** Where uploads are kept, such as `fileStore({ folder: 'uploads' })`. Without it, clients cannot upload. */
  store?: FileStore
  settings?: Settings
}

/** Content with tables of the package. */
export interface EmbeddedContent extends Content {
  readonly isEmbedded: true
}

/**
 * Provides posts, pages, categories, tags and media for a site that has none: tables of the package, and files in a store.
 *
 * @returns a value for the option `content` of `createConnect()`
 * @example
 * const store = fileStore({ folder: 'uploads' })
 * const connect = await createConnect({ knex, site, secret, users, content: embeddedContent({ store }) })
 * app.use(store.middleware())
 */
export function embeddedContent({ store, settings = {} }: EmbeddedContentOptions = {}) {
  return ({ database }: ContentContext): EmbeddedContent => ({
    isEmbedded: true,
    types: {
      post: createItemRows(database, 'post', false),
      page: createItemRows(database, 'page', true),
    },
    taxonomies: {
      category: createTermRows(database, 'category'),
      post_tag: createTermRows(database, 'post_tag'),
    },
    media: { ...createMediaRows(database), ...(store && { store }) },
    settings: () => settings,
  })
}
