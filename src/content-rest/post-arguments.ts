import type { TypeModel } from '../content/model.ts'
import { type ArgumentSchema, type Arguments, CONTEXT } from '../rest/arguments.ts'
import { ID, IDS, PAGING } from './paging.ts'

const DATE: ArgumentSchema = { type: 'string', format: 'date-time' }
const OPEN: ArgumentSchema = { type: 'string', enum: ['open', 'closed'] }
const STATUSES = ['publish', 'future', 'draft', 'pending', 'private'] as const
const FORMATS = ['standard', 'aside', 'chat', 'gallery', 'link', 'image', 'quote', 'status', 'video', 'audio'] as const
/** Text, or an object whose `raw` is the text: clients send back what they have read. */
const TEXT: ArgumentSchema = { type: ['string', 'object'], properties: { raw: { type: 'string' } } }

/** As much as a column of WordPress's holds. */
const ORDER: ArgumentSchema = { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }

const ORDERS = [
  ...['author', 'date', 'id', 'include', 'modified', 'parent', 'relevance', 'slug', 'include_slugs', 'title'],
]

/** The arguments of a type's list. */
export const listArguments = (type: TypeModel): Arguments => ({
  context: CONTEXT,
  ...PAGING,
  after: DATE,
  modified_after: DATE,
  author: { ...IDS, default: [] },
  author_exclude: { ...IDS, default: [] },
  before: DATE,
  modified_before: DATE,
  search_semantics: { type: 'string', enum: ['exact'] },
  order: { type: 'string', default: 'desc', enum: ['asc', 'desc'] },
  orderby: { type: 'string', default: 'date', enum: type.hierarchical ? [...ORDERS, 'menu_order'] : ORDERS },
  search_columns: {
    type: 'array',
    default: [],
    items: { type: 'string', enum: ['post_title', 'post_content', 'post_excerpt'] },
  },
  slug: { type: 'array', items: { type: 'string' } },
  status: { type: 'array', default: 'publish', items: { type: 'string', enum: [...STATUSES, 'trash', 'any'] } },
  ...(type.hierarchical
    ? { menu_order: ORDER, parent: { ...IDS, default: [] }, parent_exclude: { ...IDS, default: [] } }
    : {
        sticky: { type: 'boolean' },
        ignore_sticky: { type: 'boolean', default: true },
        format: { type: 'array', items: { type: 'string', enum: FORMATS } },
      }),
  ...(type.taxonomyModels.length > 0 && { tax_relation: { type: 'string', enum: ['AND', 'OR'] } }),
  ...Object.fromEntries(
    type.taxonomyModels.flatMap(({ restBase }) => [
      [restBase, TERMS],
      [`${restBase}_exclude`, TERMS],
    ]),
  ),
})

/** A list of ids, or an object with `terms` and `operator`. */
const TERMS: ArgumentSchema = {
  type: ['array', 'object'],
  items: ID,
  properties: { terms: IDS, include_children: { type: 'boolean' }, operator: { type: 'string', enum: ['AND', 'OR'] } },
}

/** The arguments by which a client creates or changes an item. */
export const writeArguments = (type: TypeModel): Arguments => ({
  date: { type: ['string', 'null'], format: 'date-time' },
  date_gmt: { type: ['string', 'null'], format: 'date-time' },
  slug: { type: 'string' },
  status: { type: 'string', enum: STATUSES },
  password: { type: 'string', maxLength: 255 },
  title: TEXT,
  content: TEXT,
  author: ID,
  excerpt: TEXT,
  featured_media: ID,
  comment_status: OPEN,
  ping_status: OPEN,
  meta: { type: 'object' },
  template: { type: 'string', maxLength: 100 },
  ...(type.hierarchical ? { parent: ID, menu_order: ORDER } : { format: { type: 'string', enum: FORMATS } }),
  ...(type.name === 'page' ? {} : { sticky: { type: 'boolean' } }),
  ...Object.fromEntries(type.taxonomyModels.map(({ restBase }) => [restBase, IDS])),
})

/** The JSON Schema of a type's items, by the names of their members. */
export function itemSchema(type: TypeModel) {
  const isPost = !type.hierarchical
  const names = [
    ...['date', 'date_gmt', 'guid', 'id', 'link', 'modified', 'modified_gmt', 'slug', 'status', 'type', 'password'],
    ...[
      'permalink_template',
      'generated_slug',
      'class_list',
      'title',
      'content',
      'author',
      'excerpt',
      'featured_media',
    ],
    ...['comment_status', 'ping_status', 'meta', 'template'],
    ...(isPost ? ['format', 'sticky'] : ['parent', 'menu_order']),
    ...type.taxonomyModels.map(({ restBase }) => restBase),
  ]
  const types: Record<string, unknown> = { id: ID, author: ID, featured_media: ID, parent: ID, menu_order: ID }
  const objects = new Set(['guid', 'title', 'content', 'excerpt', 'meta'])
  const terms = new Set(type.taxonomyModels.map(({ restBase }) => restBase))
  const schemaOf = (name: string) => {
    if (terms.has(name)) return IDS
    return types[name] ?? { type: objects.has(name) ? 'object' : name === 'sticky' ? 'boolean' : 'string' }
  }
  return {
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: type.name,
    type: 'object',
    properties: Object.fromEntries(names.map(name => [name, schemaOf(name)])),
  }
}
