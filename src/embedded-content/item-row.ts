import type { Id, Item, ItemDraft, Status } from '../content/content.ts'
import { plainText } from '../content/text.ts'

/** A row of `content_items`. PostgreSQL's driver returns a bigint as a string. */
export interface ItemRow {
  id: number | string
  type: string
  status: Status
  slug: string
  slug_key: string | null
  title: string
  content: string
  excerpt: string
  author: string | null
  date: number | string | null
  sort_date: number | string
  modified: number | string
  parent: number | string | null
  menu_order: number
  password: string
  sticky: boolean | number
  format: string
  comment_status: 'open' | 'closed'
  ping_status: 'open' | 'closed'
  template: string
  featured_media: number | string | null
}

/** The columns that an item is made of; those for the search stay in the database. */
export const ITEM_COLUMNS = [
  ...[
    'id',
    'type',
    'status',
    'slug',
    'slug_key',
    'title',
    'content',
    'excerpt',
    'author',
    'date',
    'sort_date',
    'modified',
  ],
  ...[
    'parent',
    'menu_order',
    'password',
    'sticky',
    'format',
    'comment_status',
    'ping_status',
    'template',
    'featured_media',
  ],
]

export const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1000)
export const toDate = (seconds: number | string): Date => new Date(Number(seconds) * 1000)
const toId = (id: number | string | null): number | null => (id === null ? null : Number(id))

/** @param terms ids by taxonomy */
export const toItem = (row: ItemRow, terms: Record<string, number[]>): Item => ({
  id: Number(row.id),
  status: row.status,
  date: row.date === null ? null : toDate(row.date),
  modified: toDate(row.modified),
  slug: row.slug,
  title: row.title,
  content: row.content,
  excerpt: row.excerpt,
  author: row.author,
  terms,
  featuredMedia: toId(row.featured_media),
  parent: toId(row.parent),
  menuOrder: row.menu_order,
  password: row.password,
  sticky: Boolean(row.sticky),
  format: row.format,
  commentStatus: row.comment_status,
  pingStatus: row.ping_status,
  template: row.template,
})

/** More than anybody writes. Folding can make text 18 times as long, and columns and packets have limits. */
const MAX_SEARCHABLE = 1_000_000

/** Text as it is searched: without markup, accents and letter case. */
export const searchable = (html: string): string => foldWords(plainText(html)).slice(0, MAX_SEARCHABLE)

/** Folds text for a search. Malformed UTF-16 and NUL cannot be stored. */
export const foldWords = (text: string): string => storable(text).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** PostgreSQL rejects NUL, and no database stores malformed UTF-16. */
export const storable = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed()

/** Returns the columns of the given members. The columns that depend on several members are not among them. */
export function columnsOf(draft: Partial<ItemDraft>): Partial<Record<string, unknown>> {
  const text = (member: 'title' | 'content' | 'excerpt') => {
    const value = draft[member]
    return value === undefined ? {} : { [member]: storable(value), [`search_${member}`]: searchable(value) }
  }
  const id = (value: Id | null | undefined) => (value === null || value === undefined ? value : Number(value))
  const columns = {
    ...text('title'),
    ...text('content'),
    ...text('excerpt'),
    status: draft.status,
    slug: draft.slug === undefined ? undefined : storable(draft.slug),
    author: draft.author === null || draft.author === undefined ? draft.author : String(draft.author),
    date: draft.date ? toSeconds(draft.date) : draft.date,
    parent: id(draft.parent),
    menu_order: draft.menuOrder,
    password: draft.password === undefined ? undefined : storable(draft.password),
    sticky: draft.sticky,
    format: draft.format,
    comment_status: draft.commentStatus,
    ping_status: draft.pingStatus,
    template: draft.template === undefined ? undefined : storable(draft.template),
    featured_media: id(draft.featuredMedia),
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}
