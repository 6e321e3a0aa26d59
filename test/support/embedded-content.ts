import type { ExecutionContext } from 'ava'
import type { Knex } from 'knex'
import { forEmbeddedContent } from '../../migrations/index.js'
import type { By, Content, ContentType, ItemDraft, ItemQuery, Media, Taxonomy } from '../../src/content/content.ts'
import { createDatabase } from '../../src/database/database.ts'
import { createMigrator } from '../../src/database/migrator.ts'
import { embeddedContent } from '../../src/embedded-content/embedded-content.ts'
import { openDatabase } from '../../src/server/database.ts'
import { freshDatabase } from './database.ts'

const user = { id: '1', login: 'admin' }
export const by: By = { user, auth: { method: 'session', user } }

export const DRAFT: ItemDraft = {
  title: 'Title',
  content: '<p>Content</p>',
  excerpt: '',
  slug: '',
  status: 'publish',
  date: new Date('2026-01-01T00:00:00Z'),
  author: '1',
  terms: {},
  featuredMedia: null,
  parent: null,
  menuOrder: 0,
  password: '',
  sticky: false,
  format: 'standard',
  commentStatus: 'open',
  pingStatus: 'open',
  template: '',
}
export const NOW = new Date('2026-06-01T00:00:00Z')
export const ALL: ItemQuery = { now: NOW, statuses: ['publish'], orderBy: 'date', order: 'desc', offset: 0, limit: 100 }

export interface EmbeddedContentSite {
  knex: Knex
  content: Content
  post: Required<ContentType>
  page: Required<ContentType>
  category: Required<Taxonomy>
  tag: Required<Taxonomy>
  media: Required<Omit<Media, 'store'>>
  /** Saves a post, and returns its id. */
  save(draft: Partial<ItemDraft>): Promise<number>
  /** The titles of what matches. */
  titles(query: Partial<ItemQuery>): Promise<string[]>
  total(query: Partial<ItemQuery>): Promise<number>
}

/** `embeddedContent()` by itself, on empty tables. */
export async function startEmbeddedContent(t: ExecutionContext): Promise<EmbeddedContentSite> {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const database = createDatabase(knex, 'connect_')
  await createMigrator(database, forEmbeddedContent).up()
  const content = embeddedContent()({
    database,
    site: { url: 'https://example.com', name: 'Example', description: '' },
  })
  const { post, page } = content.types as Record<string, Required<ContentType>>
  const { category, post_tag: tag } = content.taxonomies as Record<string, Required<Taxonomy>>
  if (!post || !page || !category || !tag) throw new Error('no types')
  return {
    knex,
    content,
    post,
    page,
    category,
    tag,
    media: content.media as Required<Media>,
    save: async draft => Number((await post.create({ ...DRAFT, ...draft }, by)).id),
    titles: async query => (await post.list({ ...ALL, ...query })).items.map(({ title }) => title),
    total: async query => (await post.list({ ...ALL, ...query })).total,
  }
}
