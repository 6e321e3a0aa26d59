import type { Readable } from 'node:stream'
import type { Auth } from '../authentication/auth.ts'
import type { User } from '../users/user.ts'

/**
 * Your site's posts, pages, media and terms, as WordPress clients see them. You write this, or use `embeddedContent()`.
 * Every function but the reading ones is optional: what is missing is not offered to clients.
 *
 * @example
 * const content: Content = {
 *   types: {
 *     post: {
 *       list: async query => findArticles(query),
 *       find: id => findArticle(id),
 *     },
 *   },
 * }
 */
export interface Content {
  /**
   * What your ids are. WordPress clients need integers below 2³¹. If yours are strings, such as UUIDs, the package numbers
   * them in a table of its own. `integer` by default.
   */
  ids?: 'integer' | 'string'
  /** By WordPress's names: `post`, `page`, and further types of yours. */
  types: Readonly<Record<string, ContentType>>
  /** By WordPress's names: `category`, `post_tag`, and further taxonomies of yours. */
  taxonomies?: Readonly<Record<string, Taxonomy>>
  /** Images and other files. */
  media?: Media
  /** The site's settings, for clients to read. */
  settings?(): Settings | Promise<Settings>
  /**
   * Whether the user may do this, by WordPress's capability names, such as `edit_others_posts`. Return undefined to leave
   * the decision to the user's capabilities, or the capabilities that WordPress gives to the user's roles.
   *
   * @param item the item that the user wants to read, change or delete. Absent if there is none yet
   */
  can?(user: User, capability: string, item?: Item): boolean | undefined | Promise<boolean | undefined>
}

/** An id of yours: an integer, or a string of up to 190 characters. See {@link Content.ids}. */
export type Id = string | number

/** Who makes a change, and how they are authenticated. */
export interface By {
  user: User
  auth: Auth
}

/** One page of a list, and how many there are in all. */
export interface Found<T> {
  items: readonly T[]
  total: number
}

/** A type of content: posts, pages, or one of yours. */
export interface ContentType {
  /** The last segment of the type's REST URL. `posts` and `pages` for WordPress's types; otherwise the type's name. */
  restBase?: string
  /** The plural name, for people. */
  label?: string
  /** The singular name, for people. */
  singularLabel?: string
  /** Whether items have parents. True for `page`. */
  hierarchical?: boolean
  /** The names of the type's taxonomies. `category` and `post_tag` for `post`, if the site has them. */
  taxonomies?: readonly string[]

  /** Returns what matches, in the given order. */
  list(query: ItemQuery): Promise<Found<Item>>
  /** Returns an item of any status. The id may come from a URL. Null if there is none. */
  find(id: Id): Promise<Item | null>
  /**
   * Saves a new item.
   *
   * @throws ConnectError `slug_exists` if another item has the slug: the package then asks again with another one
   */
  create?(draft: ItemDraft, by: By): Promise<Item>
  /**
   * Changes the given members and no others.
   *
   * @returns null if there is no such item
   * @throws ConnectError `slug_exists` as in `create()`
   */
  update?(id: Id, changes: Partial<ItemDraft>, by: By): Promise<Item | null>
  /** Deletes an item for good. The trash is a status. */
  delete?(id: Id, by: By): Promise<void>
  /** Returns the ids of the users who have published something of this type, 1,000 at most. */
  authors?(): Promise<readonly Id[]>
}

/**
 * WordPress's statuses. A `publish` item whose date is in the future is scheduled: clients see it as `future`, and it is
 * published from that date on.
 */
export type Status = 'publish' | 'draft' | 'pending' | 'private' | 'trash'

/** An item of a type, as you return it. */
export interface Item {
  id: Id
  status: Status
  /** When it was or will be published. Null for a draft whose date is not set: it gets one when it is published. */
  date: Date | null
  modified: Date
  /** The name in the URL. `''` for a draft that has none. */
  slug: string
  /** Plain text or HTML. */
  title: string
  /** What an editor edits: HTML, with WordPress's comments of blocks if you keep them. */
  content: string
  /** What readers see, if it is not the same. HTML. */
  contentHtml?: string
  /** `''` or absent: readers see the beginning of the content. */
  excerpt?: string
  /** The id of the user who wrote it. */
  author: Id | null
  /** The absolute URL of its page. By default, as WordPress makes it: the site's URL and the slug. */
  link?: string
  /** Its terms' ids, by taxonomy. */
  terms?: Readonly<Record<string, readonly Id[]>>
  featuredMedia?: Id | null
  /** The id of the item above it, if the type is hierarchical. */
  parent?: Id | null
  menuOrder?: number
  /** Readers need it to see the content. `''` for none. */
  password?: string
  /** Whether it stays at the top of the site's home page. */
  sticky?: boolean
  /** `standard`, or one of WordPress's post formats. */
  format?: string
  commentStatus?: 'open' | 'closed'
  pingStatus?: 'open' | 'closed'
  template?: string
}

/** What is saved of an item. Members that you cannot keep may be ignored. */
export type ItemDraft = Required<Omit<Item, 'id' | 'modified' | 'contentHtml' | 'link'>>

/** Which items a client asks for. Absent members do not matter. */
export interface ItemQuery {
  /** The current time: a `publish` item with a later date is scheduled. */
  now: Date
  /**
   * An item must have one of these. `publish` means items that are published by now, `future` those that are scheduled.
   */
  statuses: readonly (Status | 'future')[]
  /** If given, an item that is not published matches only if this user is its author. */
  unpublishedOf?: Id
  /** Every word must occur. */
  search?: string
  /** Items with a password do not match: a search would tell which words they have. */
  withoutPassword?: true
  searchIn?: readonly ('title' | 'content' | 'excerpt')[]
  authors?: readonly Id[]
  notAuthors?: readonly Id[]
  /** By taxonomy. An item must have one of `in`, or all of them with `all`, and none of `notIn`. */
  terms?: Readonly<Record<string, { in?: readonly Id[]; notIn?: readonly Id[]; all?: boolean }>>
  after?: Date
  before?: Date
  modifiedAfter?: Date
  modifiedBefore?: Date
  include?: readonly Id[]
  exclude?: readonly Id[]
  slugs?: readonly string[]
  parents?: readonly Id[]
  notParents?: readonly Id[]
  menuOrder?: number
  sticky?: boolean
  orderBy: ItemOrder
  order: 'asc' | 'desc'
  offset: number
  limit: number
}

/** `include` and `include_slugs` mean the order of those lists. */
export type ItemOrder =
  | 'date'
  | 'modified'
  | 'id'
  | 'title'
  | 'slug'
  | 'author'
  | 'parent'
  | 'menu_order'
  | 'relevance'
  | 'include'
  | 'include_slugs'

/** Categories, tags, or a taxonomy of yours. */
export interface Taxonomy {
  /** `categories` and `tags` for WordPress's taxonomies; otherwise the taxonomy's name. */
  restBase?: string
  label?: string
  singularLabel?: string
  /** Whether terms have parents. True for `category`. */
  hierarchical?: boolean

  list(query: TermQuery): Promise<Found<Term>>
  find(id: Id): Promise<Term | null>
  /** @throws ConnectError `slug_exists` as in {@link ContentType.create} */
  create?(draft: TermDraft, by: By): Promise<Term>
  /** Changes the given members and no others. Null if there is no such term. */
  update?(id: Id, changes: Partial<TermDraft>, by: By): Promise<Term | null>
  /** Deletes a term, and takes it from every item. */
  delete?(id: Id, by: By): Promise<void>
  /** Returns the term that an item without one gets. */
  defaultTerm?(): Promise<Id | null>
}

/** A category, a tag, or a term of a taxonomy of yours. */
export interface Term {
  id: Id
  name: string
  slug: string
  description?: string
  parent?: Id | null
  /** How many published items have it. */
  count: number
  /** The absolute URL of its page. By default, as WordPress makes it. */
  link?: string
}

/** What is saved of a term. */
export type TermDraft = Required<Omit<Term, 'id' | 'count' | 'link'>>

/** Which terms a client asks for. Absent members do not matter. */
export interface TermQuery {
  search?: string
  include?: readonly Id[]
  exclude?: readonly Id[]
  slugs?: readonly string[]
  /** Null for terms without a parent. */
  parent?: Id | null
  /** Terms of this item. */
  item?: Id
  /** Only terms that a published item has. */
  used?: boolean
  /** Exactly this name, in any letter case. */
  name?: string
  orderBy: 'id' | 'name' | 'slug' | 'count' | 'description' | 'include' | 'include_slugs'
  order: 'asc' | 'desc'
  offset: number
  limit: number
}

/** Images and other files. */
export interface Media {
  list(query: MediaQuery): Promise<Found<MediaItem>>
  find(id: Id): Promise<MediaItem | null>
  /** Saves the row of a file that `store` has already. */
  create?(draft: MediaDraft, by: By): Promise<MediaItem>
  update?(id: Id, changes: Partial<MediaDraft>, by: By): Promise<MediaItem | null>
  /** Deletes the row. The package then removes the file from `store`. */
  delete?(id: Id, by: By): Promise<void>
  /** Where files are kept: a folder with `fileStore()`, or your own. Without one, clients cannot upload. */
  store?: FileStore
  /** Maximum size of an upload in bytes. 64 MB by default. */
  maxBytes?: number
}

/** Keeps the bytes of uploads. */
export interface FileStore {
  /**
   * Stores a stream to its end. If the stream fails, nothing may stay.
   *
   * @param details the wanted name is safe: letters, digits, `.`, `_` and `-`. You may change it, so that it is unique
   */
  put(stream: Readable, details: { name: string; mimeType: string }): Promise<StoredFile>
  /** Removes a file. Does nothing if it is gone. */
  remove(key: string): Promise<void>
}

/** A file as the store knows it. */
export interface StoredFile {
  /** How the store finds the file again. */
  key: string
  /** The absolute URL, or a path below the site's URL. */
  url: string
}

/** A file as clients see it. */
export interface MediaItem {
  id: Id
  slug: string
  title: string
  /** Text for people who do not see the image. */
  altText: string
  caption: string
  description: string
  author: Id | null
  /** The id of the item that it was uploaded for. */
  parent: Id | null
  date: Date
  modified: Date
  mimeType: string
  /** The `key` and `url` of {@link StoredFile}. */
  key: string
  url: string
  /** Bytes. */
  size: number
  /** Pixels; null for what is no image. */
  width: number | null
  height: number | null
}

/** What is saved of a file. */
export type MediaDraft = Omit<MediaItem, 'id' | 'modified'>

/** Which files a client asks for. Absent members do not matter. */
export interface MediaQuery {
  search?: string
  authors?: readonly Id[]
  notAuthors?: readonly Id[]
  include?: readonly Id[]
  exclude?: readonly Id[]
  slugs?: readonly string[]
  parents?: readonly Id[]
  notParents?: readonly Id[]
  after?: Date
  before?: Date
  modifiedAfter?: Date
  modifiedBefore?: Date
  /** `image`, `video`, `audio`, `text` or `application`. */
  mediaType?: string
  mimeType?: string
  orderBy: ItemOrder
  order: 'asc' | 'desc'
  offset: number
  limit: number
}

/** WordPress's settings. Absent ones have WordPress's defaults. */
export interface Settings {
  email?: string
  /** An IANA name, such as `Europe/Berlin`. `UTC` by default. It decides what clients see as local time. */
  timezone?: string
  /** PHP's format. `F j, Y` by default. */
  dateFormat?: string
  timeFormat?: string
  /** 0 for Sunday. 1 by default. */
  startOfWeek?: number
  /** A locale, such as `de_DE`. */
  language?: string
  postsPerPage?: number
}
