import type { Id } from '../content/content.ts'
import type { Ids } from '../content/ids.ts'
import type { TypeModel } from '../content/model.ts'
import { MAX_TERMS, type PostInput } from '../content/post-rules.ts'
import { ConnectError } from '../errors.ts'
import type { Values } from '../rest/arguments.ts'
import { dateOf, defined, rawText } from './read-values.ts'

/** Reads what a client sends of an item: what it does not send stays as it is. */
export async function readPostInput(ids: Ids, type: TypeModel, values: Values, timeZone: string): Promise<PostInput> {
  const date = dateOf(values, 'date', timeZone)
  const dateGmt = dateOf(values, 'date_gmt', 'UTC')
  return defined({
    title: rawText(values, 'title'),
    content: rawText(values, 'content'),
    excerpt: rawText(values, 'excerpt'),
    slug: values.text('slug'),
    status: values.text('status') as PostInput['status'],
    // As in WordPress, null sets the date back to none, and an empty text changes nothing.
    date: values.any('date') === '' ? dateGmt : date === undefined ? dateGmt : date,
    password: values.text('password'),
    author: await one(ids, 'user', values.number('author'), 'rest_invalid_author'),
    featuredMedia: await one(ids, 'media', values.number('featured_media'), 'rest_invalid_featured_media'),
    parent: await one(ids, 'item', values.number('parent'), 'rest_post_invalid_parent'),
    menuOrder: values.number('menu_order'),
    commentStatus: values.text('comment_status') as PostInput['commentStatus'],
    pingStatus: values.text('ping_status') as PostInput['pingStatus'],
    sticky: values.boolean('sticky'),
    format: values.text('format'),
    template: values.text('template'),
    terms: await readTerms(ids, type, values),
  }) as PostInput
}

/** 0 means none. */
async function one(
  ids: Ids,
  kind: 'user' | 'media' | 'item',
  number: number | undefined,
  code: 'rest_invalid_author' | 'rest_invalid_featured_media' | 'rest_post_invalid_parent',
): Promise<Id | null | undefined> {
  if (number === undefined) return undefined
  if (number === 0) return kind === 'user' ? undefined : null
  const id = (await ids.find(kind, [number])).get(number)
  if (id === undefined) throw new ConnectError(code)
  return id
}

async function readTerms(ids: Ids, type: TypeModel, values: Values) {
  const sent = type.taxonomyModels.filter(({ restBase }) => values.has(restBase))
  if (sent.length === 0) return undefined
  const terms: Record<string, Id[]> = {}
  for (const { name, restBase } of sent) {
    const numbers = [...new Set(values.numbers(restBase))]
    if (numbers.length > MAX_TERMS) throw new ConnectError('rest_invalid_term_id')
    const found = await ids.find('term', numbers)
    terms[name] = numbers.map(number => {
      const id = found.get(number)
      if (id === undefined) throw new ConnectError('rest_invalid_term_id')
      return id
    })
  }
  return terms
}
