import type { Id, Item, ItemDraft, Status } from '../content/content.ts'
import { plainText } from '../content/text.ts'

/** A row of `content_items` with its texts. PostgreSQL's driver returns a bigint as a string. */
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

/**
 * Only so many characters of each text are searched. Folding can make a text 18 times as long, and a statement may have
 * 16 MB in MariaDB.
 */
const MAX_SEARCHED = 400_000

/** Text as it is searched: without markup, accents and letter case. */
export const searchable = (html: string): string =>
  foldWords(plainText(html).slice(0, MAX_SEARCHED)).slice(0, MAX_SEARCHED).toWellFormed()

/** Folds text for a search. Malformed UTF-16 and NUL cannot be stored. */
export const foldWords = (text: string): string => storable(text).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** PostgreSQL rejects NUL, and no database stores malformed UTF-16. */
export const storable = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed()

/** The largest number of an integer column. */
const MAX_INTEGER = 2 ** 31 - 1
export const toInteger = (number: number): number => Math.max(-MAX_INTEGER, Math.min(MAX_INTEGER, Math.trunc(number)))

/** Drops the members that are undefined. */
export const definedColumns = (columns: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))

const optionalText = (value: string | undefined) => (value === undefined ? undefined : storable(value))

/** Returns the columns of the given members. The columns that depend on several members are not among them. */
export function columnsOf(draft: Partial<ItemDraft>): Record<string, unknown> {
  const id = (value: Id | null | undefined) => (value === null || value === undefined ? value : Number(value))
  return definedColumns({
    title: optionalText(draft.title),
    status: draft.status,
    slug: optionalText(draft.slug),
    author: draft.author === null || draft.author === undefined ? draft.author : String(draft.author),
    date: draft.date ? toSeconds(draft.date) : draft.date,
    parent: id(draft.parent),
    menu_order: draft.menuOrder === undefined ? undefined : toInteger(draft.menuOrder),
    password: optionalText(draft.password),
    sticky: draft.sticky,
    format: draft.format,
    comment_status: draft.commentStatus,
    ping_status: draft.pingStatus,
    template: optionalText(draft.template),
    featured_media: id(draft.featuredMedia),
  })
}

/** Returns the columns of `content_texts` that the given members change. */
export function textColumnsOf({ title, content, excerpt }: Partial<ItemDraft>): Record<string, unknown> {
  const searched = (value: string | undefined) => (value === undefined ? undefined : searchable(value))
  return definedColumns({
    content: optionalText(content),
    excerpt: optionalText(excerpt),
    search_title: searched(title),
    search_content: searched(content),
    search_excerpt: searched(excerpt),
  })
}
