import type { Caller } from '../content/caller.ts'
import type { Id, Item } from '../content/content.ts'
import type { TypeModel } from '../content/model.ts'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { ConnectError } from '../errors.ts'
import { CONTEXT } from '../rest/arguments.ts'
import type { Endpoint, RestAnswer, RestRequest, RestRoute } from '../rest/route.ts'
import { restUrl } from '../rest/url.ts'
import { embedInto } from './embed.ts'
import { pageAsked, pageHeaders } from './paging.ts'
import { itemSchema, listArguments, writeArguments } from './post-arguments.ts'
import { readPostInput } from './post-input.ts'
import { readPostQuery } from './post-query.ts'
import { type PresentPostParts, presentPosts } from './present-post.ts'

/** Long posts of 4 MB are as much as WordPress's clients send. */
export const MAX_POST = 4 * 1024 * 1024

/** The routes of a type: its list, and each item. */
export function postRoutes(parts: PresentPostParts, type: TypeModel): RestRoute[] {
  const { site, rules } = parts
  const base = `/wp/v2/${type.restBase}`
  const callerOf = (request: RestRequest): Caller => rules.callerOf(request.auth, 'posts')

  async function idOf({ path }: RestRequest): Promise<Id> {
    const number = Number(path.id)
    const id = (await rules.ids.find('item', [number])).get(number)
    if (id === undefined) throw new ConnectError('rest_post_invalid_id')
    return id
  }

  const inputOf = async ({ values }: RestRequest) =>
    readPostInput(rules.ids, type, values, (await rules.settings()).timezone)

  const editing = { context: 'edit', isOpen: () => true }

  async function presentOne(item: Item): Promise<object> {
    const [body = {}] = await presentPosts(parts, type, [item], editing)
    return body
  }

  /** Whether the caller may read the content of an item with a password. */
  async function openItems(caller: Caller, items: readonly Item[], password: string | undefined) {
    const hasPassword = items.filter(item => (item.password ?? '') !== '')
    const open = new Set<Item>()
    for (const item of hasPassword) {
      if (password !== undefined && items.length === 1 && !constantTimeEqual(password, item.password ?? ''))
        throw new ConnectError('rest_post_incorrect_password')
      const isOpen = password !== undefined || (await rules.capabilities.mayEdit(caller.user, type, item))
      if (isOpen) open.add(item)
    }
    return (item: Item) => open.has(item)
  }

  const list: Endpoint = {
    methods: ['GET'],
    args: listArguments(type),
    async permit(request) {
      const { ctx, values } = request
      const caller = callerOf(request)
      const context = values.text('context') ?? 'view'
      if (context === 'edit' && !(await rules.capabilities.can(caller.user, `edit_${type.plural}`)))
        throw caller.problem ?? new ConnectError('rest_forbidden_context', { status: caller.user ? 403 : 401 })
      // Without values, only `Allow` is asked for.
      if (!values.has('status')) return async () => ({ body: [] })
      const query = await readPostQuery(rules.ids, type, values, (await rules.settings()).timezone)
      const find = await rules.posts.list(caller, type, query)
      return async () => {
        const { items, total } = await find()
        const page = pageAsked(values)
        if (page.number > 1 && items.length === 0 && page.offset >= total)
          throw new ConnectError('rest_post_invalid_page_number')
        const isOpen = await openItems(caller, items, undefined)
        const body = await presentPosts(parts, type, items, { context, isOpen })
        await embedInto(parts, request, type, items, body)
        return { headers: pageHeaders(site, ctx, base, total, page), body }
      }
    },
  }

  const read: Endpoint = {
    methods: ['GET'],
    args: { context: CONTEXT, password: { type: 'string' } },
    async permit(request) {
      const { values } = request
      const caller = callerOf(request)
      const context = values.text('context') ?? 'view'
      const find = await rules.posts.read(caller, type, await idOf(request), context === 'edit')
      return async () => {
        const item = await find()
        const isOpen = await openItems(caller, [item], values.text('password'))
        const body = await presentPosts(parts, type, [item], { context, isOpen })
        await embedInto(parts, request, type, [item], body)
        return { body: body[0] }
      }
    },
  }

  const create: Endpoint = {
    methods: ['POST'],
    args: writeArguments(type),
    async permit(request) {
      const save = await rules.posts.create(callerOf(request), type, await inputOf(request))
      return async () => {
        const item = await save()
        const number = (await rules.ids.number([{ kind: 'item', id: item.id }]))('item', item.id)
        return { status: 201, headers: { Location: restUrl(site, `${base}/${number}`) }, body: await presentOne(item) }
      }
    },
  }

  const update: Endpoint = {
    methods: ['POST', 'PUT', 'PATCH'],
    args: writeArguments(type),
    async permit(request) {
      const save = await rules.posts.update(callerOf(request), type, await idOf(request), await inputOf(request))
      return async () => ({ body: await presentOne(await save()) })
    },
  }

  const remove: Endpoint = {
    methods: ['DELETE'],
    args: { force: { type: 'boolean', default: false } },
    async permit(request) {
      const caller = callerOf(request)
      const id = await idOf(request)
      const isForced = request.values.boolean('force') ?? false
      if (!isForced && type.update) {
        const trash = await rules.posts.trash(caller, type, id)
        return async () => ({ body: await presentOne(await trash()) })
      }
      const removeForGood = await rules.posts.delete(caller, type, id)
      if (!isForced) throw new ConnectError('rest_trash_not_supported')
      return async (): Promise<RestAnswer> => ({
        body: { deleted: true, previous: await presentOne(await removeForGood()) },
      })
    },
  }

  const schema = itemSchema(type)
  return [
    { route: base, endpoints: [list, ...(type.create ? [create] : [])], maxBody: MAX_POST, schema },
    {
      route: `${base}/(?P<id>[\\d]+)`,
      endpoints: [read, ...(type.update ? [update] : []), ...(type.delete || type.update ? [remove] : [])],
      maxBody: MAX_POST,
      schema,
    },
  ]
}
