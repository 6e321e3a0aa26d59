import { ConnectError } from '../errors.ts'
import type { Content, ContentType, Found, Media, Taxonomy } from './content.ts'

/**
 * Thrown if a host's `content` returned a value that cannot be used. Clients get `content_unavailable`; the event `error` has
 * the message, which names the function and the member, and never the value.
 */
class ContentError extends TypeError {
  override readonly name = 'ContentError'
  readonly code = 'invalid_content'
}

type Rule = readonly [expected: string, isRight: (value: unknown) => boolean]

const isText = (value: unknown) => typeof value === 'string'
const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime())
const isInteger = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31
const isString = (value: unknown) => isText(value) && /^.{1,190}$/s.test(value as string)
const isUserId = (value: unknown) =>
  isText(value) ? /^[\w-]{1,64}$/.test(value as string) : Number.isSafeInteger(value)

const TEXT: Rule = ['a string', isText]
const DATE: Rule = ['a valid Date', isDate]
const COUNT: Rule = ['a whole number', value => Number.isSafeInteger(value) && (value as number) >= 0]
const STATUSES = ['publish', 'draft', 'pending', 'private', 'trash']
const STATUS: Rule = [`one of ${STATUSES.join(', ')}`, value => STATUSES.includes(value as string)]
const USER: Rule = ['the id of a user, or null', value => value === null || isUserId(value)]

const optional = ([expected, isRight]: Rule): Rule => [expected, value => value == null || isRight(value)]

function rulesFor(ids: 'integer' | 'string') {
  const isId = ids === 'integer' ? isInteger : isString
  const ID: Rule =
    ids === 'integer' ? ['an integer from 1 to 2147483647', isId] : ['a string of 1 to 190 characters', isId]
  const ID_OR_NULL: Rule = [`${ID[0]}, or null`, value => value === null || isId(value)]
  const isTerms = (value: unknown) =>
    isObject(value) && Object.values(value).every(list => Array.isArray(list) && list.every(isId))
  return {
    item: {
      id: ID,
      status: STATUS,
      date: ['a valid Date, or null', (value: unknown) => value === null || isDate(value)] as Rule,
      modified: DATE,
      slug: TEXT,
      title: TEXT,
      content: TEXT,
      contentHtml: optional(TEXT),
      excerpt: optional(TEXT),
      author: USER,
      link: optional(TEXT),
      terms: optional(['lists of ids by taxonomy', isTerms]),
      featuredMedia: optional(ID),
      parent: optional(ID),
      password: optional(TEXT),
    },
    term: { id: ID, name: TEXT, slug: TEXT, description: optional(TEXT), parent: optional(ID), count: COUNT },
    media: {
      id: ID,
      slug: TEXT,
      title: TEXT,
      altText: TEXT,
      caption: TEXT,
      description: TEXT,
      author: USER,
      parent: ID_OR_NULL,
      date: DATE,
      modified: DATE,
      mimeType: TEXT,
      key: TEXT,
      url: TEXT,
      size: COUNT,
    },
  } satisfies Record<string, Readonly<Record<string, Rule>>>
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value instanceof Date) return 'an invalid Date'
  if (Array.isArray(value)) return 'an array'
  return /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`
}

function checkMembers(what: string, rules: Readonly<Record<string, Rule>>, value: unknown): void {
  if (!isObject(value)) throw new ContentError(`${what}: expected an object (given: ${kindOf(value)})`)
  for (const [member, [expected, isRight]] of Object.entries(rules)) {
    const given = value[member]
    if (!isRight(given)) throw new ContentError(`${what}: ${member}: expected ${expected} (given: ${kindOf(given)})`)
  }
}

function checkFound(what: string, rules: Readonly<Record<string, Rule>>, found: unknown, limit: number): void {
  checkMembers(what, { items: ['an array', Array.isArray], total: COUNT }, found)
  const { items } = found as Found<unknown>
  if (items.length > limit) throw new ContentError(`${what}: expected at most ${limit} items (given: ${items.length})`)
  for (const [at, item] of items.entries()) checkMembers(`${what}: items[${at}]`, rules, item)
}

/**
 * Returns the host's content with every function checked: what it throws becomes `content_unavailable`, except a
 * `ConnectError`, and so does a value that cannot be used.
 */
export function checkedContent(content: Content): Content {
  const rules = rulesFor(content.ids ?? 'integer')

  async function call<T>(run: () => Promise<T>, check: (value: T) => void): Promise<T> {
    try {
      const value = await run()
      check(value)
      return value
    } catch (error) {
      throw error instanceof ConnectError ? error : new ConnectError('content_unavailable', { cause: error })
    }
  }

  /** Wraps the functions that a type, a taxonomy and media have in common. */
  function checkedSource<S extends ContentType | Taxonomy | Media>(
    path: string,
    source: S,
    members: Readonly<Record<string, Rule>>,
  ): S {
    const all = source as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>
    const wrap = (name: string, check: (what: string, value: unknown, given: unknown[]) => void) => {
      const method = all[name]
      if (typeof method !== 'function') return {}
      const what = `content.${path}.${name}()`
      return {
        [name]: (...given: unknown[]) =>
          call(
            async () => (await method.apply(source, given)) ?? null,
            value => check(what, value, given),
          ),
      }
    }
    const orNull = (what: string, value: unknown) => {
      if (value !== null) checkMembers(what, members, value)
    }
    return {
      ...source,
      ...wrap('list', (what, value, [query]) => checkFound(what, members, value, (query as { limit: number }).limit)),
      ...wrap('find', orNull),
      ...wrap('create', (what, value) => checkMembers(what, members, value)),
      ...wrap('update', orNull),
      ...wrap('delete', () => undefined),
      ...wrap('authors', (what, value) => checkMembers(what, { ids: ['an array', Array.isArray] }, { ids: value })),
      ...wrap('defaultTerm', () => {}),
    }
  }

  const mapValues = <V>(object: Readonly<Record<string, V>>, map: (value: V, key: string) => V): Record<string, V> =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]))

  return {
    ...content,
    types: mapValues(content.types, (type, name) => checkedSource(`types.${name}`, type, rules.item)),
    ...(content.taxonomies && {
      taxonomies: mapValues(content.taxonomies, (each, name) => checkedSource(`taxonomies.${name}`, each, rules.term)),
    }),
    ...(content.media && { media: checkedSource('media', content.media, rules.media) }),
    ...(content.settings && {
      settings: () => call(async () => (await content.settings?.()) ?? {}, checkSettings),
    }),
  }
}

function checkSettings(settings: unknown): void {
  const isZone = (value: unknown) => isText(value) && isTimeZone(value as string)
  checkMembers(
    'content.settings()',
    { timezone: optional(['an IANA time zone', isZone]), email: optional(TEXT), language: optional(TEXT) },
    settings,
  )
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}
