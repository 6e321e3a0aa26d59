import type { Content, ContentType, Taxonomy } from './content.ts'

/** A type with its defaults. */
export interface TypeModel extends ContentType {
  name: string
  restBase: string
  label: string
  singularLabel: string
  hierarchical: boolean
  taxonomyModels: readonly TaxonomyModel[]
  /** The end of its capabilities' names: `edit_posts` or `edit_pages`. As in WordPress, further types use those of posts. */
  plural: 'posts' | 'pages'
}

/** A taxonomy with its defaults. */
export interface TaxonomyModel extends Taxonomy {
  name: string
  restBase: string
  label: string
  singularLabel: string
  hierarchical: boolean
  /** The names of the types that have it. */
  types: readonly string[]
}

export interface ContentModel {
  content: Content
  types: readonly TypeModel[]
  taxonomies: readonly TaxonomyModel[]
}

const TYPES: Readonly<Record<string, Partial<TypeModel>>> = {
  post: { restBase: 'posts', label: 'Posts', singularLabel: 'Post', taxonomies: ['category', 'post_tag'] },
  page: { restBase: 'pages', label: 'Pages', singularLabel: 'Page', hierarchical: true },
}

const TAXONOMIES: Readonly<Record<string, Partial<TaxonomyModel>>> = {
  category: { restBase: 'categories', label: 'Categories', singularLabel: 'Category', hierarchical: true },
  post_tag: { restBase: 'tags', label: 'Tags', singularLabel: 'Tag' },
}

/** Adds WordPress's defaults to what the host says of its types and taxonomies. */
export function createModel(content: Content): ContentModel {
  const given = content.taxonomies ?? {}
  const namesOf = (name: string) =>
    (content.types[name]?.taxonomies ?? TYPES[name]?.taxonomies ?? []).filter(each => each in given)

  const taxonomies = Object.entries(given).map(
    ([name, taxonomy]): TaxonomyModel => ({
      restBase: name,
      label: name,
      singularLabel: name,
      hierarchical: false,
      ...TAXONOMIES[name],
      ...taxonomy,
      name,
      types: Object.keys(content.types).filter(type => namesOf(type).includes(name)),
    }),
  )
  const types = Object.entries(content.types).map(
    ([name, type]): TypeModel => ({
      restBase: name,
      label: name,
      singularLabel: name,
      hierarchical: false,
      ...TYPES[name],
      ...type,
      name,
      taxonomyModels: taxonomies.filter(taxonomy => namesOf(name).includes(taxonomy.name)),
      plural: name === 'page' ? 'pages' : 'posts',
    }),
  )
  return { content, types, taxonomies }
}
