import type { Id, Term, TermQuery } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import type { TaxonomyModel } from '../content/model.ts'
import { TermExists, type TermInput } from '../content/term-rules.ts'
import { ConnectError } from '../errors.ts'
import { type Arguments, CONTEXT, type Values } from '../rest/arguments.ts'
import type { Endpoint, RestRequest, RestRoute } from '../rest/route.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { ID, PAGING, pageAsked, pageHeaders } from './paging.ts'
import { idsIn } from './post-query.ts'
import { presentTerms } from './present-term.ts'
import { defined } from './read-values.ts'

const ORDERS = ['id', 'include', 'name', 'slug', 'include_slugs', 'term_group', 'description', 'count']

const listArguments = ({ hierarchical }: TaxonomyModel): Arguments => ({
  context: CONTEXT,
  ...PAGING,
  order: { type: 'string', default: 'asc', enum: ['asc', 'desc'] },
  orderby: { type: 'string', default: 'name', enum: ORDERS },
  hide_empty: { type: 'boolean', default: false },
  ...(hierarchical && { parent: ID }),
  post: { type: 'integer' },
  slug: { type: 'array', items: { type: 'string' } },
})

const writeArguments = ({ hierarchical }: TaxonomyModel, isNew: boolean): Arguments => ({
  description: { type: 'string' },
  name: { type: 'string', maxLength: 200, ...(isNew && { required: true }) },
  slug: { type: 'string' },
  ...(hierarchical && { parent: ID }),
  meta: { type: 'object' },
})

/** The routes of a taxonomy: its terms, and each of them. */
export function termRoutes(site: Site, rules: ContentRules, taxonomy: TaxonomyModel): RestRoute[] {
  const base = `/wp/v2/${taxonomy.restBase}`
  const callerOf = ({ auth }: RestRequest) => rules.callerOf(auth, 'taxonomy')
  const contextOf = ({ values }: RestRequest) => values.text('context') ?? 'view'

  async function idOf({ path }: RestRequest): Promise<Id> {
    const number = Number(path.id)
    const id = (await rules.ids.find('term', [number])).get(number)
    if (id === undefined) throw new ConnectError('rest_term_invalid')
    return id
  }

  async function presentOne(term: Term, context = 'edit'): Promise<object> {
    const [body = {}] = await presentTerms(site, rules, taxonomy, [term], context)
    return body
  }

  async function requireEditing(request: RestRequest): Promise<void> {
    const caller = callerOf(request)
    if (contextOf(request) !== 'edit' || (await rules.capabilities.can(caller.user, 'edit_posts'))) return
    throw caller.problem ?? new ConnectError('rest_forbidden_context', { status: caller.user ? 403 : 401 })
  }

  async function inputOf(values: Values): Promise<TermInput> {
    const parent = values.number('parent')
    return defined({
      name: values.text('name')?.trim(),
      slug: values.text('slug'),
      description: values.text('description'),
      parent: parent === undefined ? undefined : parent === 0 ? null : await parentOf(parent),
    }) as TermInput
  }

  async function parentOf(number: number): Promise<Id> {
    const id = (await rules.ids.find('term', [number])).get(number)
    if (id === undefined) throw new ConnectError('rest_term_invalid', { status: 400 })
    return id
  }

  /** Adds the number of the term that exists already: clients use that one. */
  async function numbered<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof TermExists)) throw error
      const numberOf = await rules.ids.number([{ kind: 'term', id: error.termId }])
      throw new ConnectError('term_exists', { data: { term_id: numberOf('term', error.termId) } })
    }
  }

  const list: Endpoint = {
    methods: ['GET'],
    args: listArguments(taxonomy),
    async permit(request) {
      await requireEditing(request)
      return async () => {
        const { ctx, values } = request
        const page = pageAsked(values)
        const { items, total } = await taxonomy.list(await readQuery(rules, values))
        const body = await presentTerms(site, rules, taxonomy, items, contextOf(request))
        return { headers: pageHeaders(site, ctx, base, total, page), body }
      }
    },
  }

  const read: Endpoint = {
    methods: ['GET'],
    args: { context: CONTEXT },
    async permit(request) {
      await requireEditing(request)
      const term = await rules.terms.find(taxonomy, await idOf(request))
      return async () => ({ body: await presentOne(term, contextOf(request)) })
    },
  }

  const create: Endpoint = {
    methods: ['POST'],
    args: writeArguments(taxonomy, true),
    async permit(request) {
      const save = await rules.terms.create(callerOf(request), taxonomy, await inputOf(request.values))
      return async () => {
        const term = await numbered(save())
        const numberOf = await rules.ids.number([{ kind: 'term', id: term.id }])
        const headers = { Location: restUrl(site, `${base}/${numberOf('term', term.id)}`) }
        return { status: 201, headers, body: await presentOne(term) }
      }
    },
  }

  const update: Endpoint = {
    methods: ['POST', 'PUT', 'PATCH'],
    args: writeArguments(taxonomy, false),
    async permit(request) {
      const input = await inputOf(request.values)
      const save = await rules.terms.update(callerOf(request), taxonomy, await idOf(request), input)
      return async () => ({ body: await presentOne(await numbered(save())) })
    },
  }

  const remove: Endpoint = {
    methods: ['DELETE'],
    args: { force: { type: 'boolean', default: false } },
    async permit(request) {
      const removeForGood = await rules.terms.delete(callerOf(request), taxonomy, await idOf(request))
      return async () => {
        if (!request.values.boolean('force')) throw new ConnectError('rest_trash_not_supported')
        const previous = await presentOne(await removeForGood())
        return { body: { deleted: true, previous } }
      }
    },
  }

  return [
    { route: base, endpoints: [list, ...(taxonomy.create ? [create] : [])], schema: schemaOf(taxonomy) },
    {
      route: `${base}/(?P<id>[\\d]+)`,
      endpoints: [read, ...(taxonomy.update ? [update] : []), ...(taxonomy.delete ? [remove] : [])],
      schema: schemaOf(taxonomy),
    },
  ]
}

async function readQuery({ ids }: ContentRules, values: Values): Promise<TermQuery> {
  const { offset, limit } = pageAsked(values)
  const [include, exclude, items, parents] = await Promise.all([
    idsIn(ids, 'term', values, 'include'),
    idsIn(ids, 'term', values, 'exclude'),
    idsIn(ids, 'item', values, 'post'),
    values.number('parent') ? idsIn(ids, 'term', values, 'parent') : undefined,
  ])
  const slugs = values.list('slug')
  const order = values.text('orderby') ?? 'name'
  const search = values.text('search')?.trim()
  return {
    ...defined({
      include,
      exclude,
      item: items?.[0],
      parent: values.has('parent') ? (parents?.[0] ?? null) : undefined,
      search: search === '' ? undefined : search,
      slugs: slugs.length > 0 ? slugs : undefined,
      used: values.boolean('hide_empty') || undefined,
    }),
    orderBy: (order === 'term_group' ? 'name' : order) as TermQuery['orderBy'],
    order: values.text('order') === 'desc' ? 'desc' : 'asc',
    offset,
    limit,
  }
}

const schemaOf = ({ name, hierarchical }: TaxonomyModel) => ({
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: name === 'post_tag' ? 'tag' : name,
  type: 'object',
  properties: Object.fromEntries(
    ['id', 'count', 'description', 'link', 'name', 'slug', 'taxonomy', ...(hierarchical ? ['parent'] : []), 'meta'].map(
      member => [member, { type: /^(id|count|parent)$/.test(member) ? 'integer' : 'string' }],
    ),
  ),
})
