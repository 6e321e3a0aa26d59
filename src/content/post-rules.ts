import { ConnectError, type ErrorCode } from '../errors.ts'
import type { User, Users } from '../users/user.ts'
import { type Caller, changerOf, refusal } from './caller.ts'
import type { Capabilities } from './capabilities.ts'
import type { Content, Found, Id, Item, ItemDraft, ItemQuery, Status } from './content.ts'
import type { ContentHooks } from './events.ts'
import { cleanMarkup } from './markup.ts'
import type { TaxonomyModel, TypeModel } from './model.ts'
import { saveUnderFreeSlug, toSlug } from './slugs.ts'

/** What a client sends of an item. Absent members stay as they are. */
export type PostInput = Partial<Omit<ItemDraft, 'status' | 'author'>> & {
  status?: Status | 'future'
  author?: Id
}

/** What a client asks for: the status by its WordPress name, or `any`. */
export interface PostListRequest extends Omit<ItemQuery, 'now' | 'statuses' | 'unpublishedOf' | 'withoutPassword'> {
  statuses: readonly string[]
}

interface PostRulesParts {
  content: Content
  users: Users
  capabilities: Capabilities
  hooks: ContentHooks
  now: () => Date
}

/** Does what was permitted. */
type Permitted<T> = () => Promise<T>

export type PostRules = ReturnType<typeof createPostRules>

/** What WordPress keeps of a slug while an item is in the trash. */
const TRASHED = '__trashed'
/** More ids than anybody chooses would be more values than a statement takes. */
export const MAX_TERMS = 1_000
const ANY: readonly (Status | 'future')[] = ['publish', 'future', 'draft', 'pending', 'private']
const SEARCHABLE: readonly (Status | 'future')[] = [...ANY, 'trash']

/** The status as clients see it. */
export const statusOf = ({ status, date }: Item, now: Date): Status | 'future' =>
  status === 'publish' && date !== null && date > now ? 'future' : status

/**
 * WordPress's rules for posts, pages and further types, for every protocol. Each function checks whether the caller may do
 * something, and returns the function that does it.
 */
export function createPostRules({ content, users, capabilities, hooks, now }: PostRulesParts) {
  const { can, mayRead, mayEdit, mayDelete } = capabilities

  async function found(type: TypeModel, id: Id): Promise<Item> {
    const item = await type.find(id)
    if (!item) throw new ConnectError('rest_post_invalid_id')
    return item
  }

  async function require(allowed: boolean | Promise<boolean>, caller: Caller, code: ErrorCode): Promise<void> {
    if (!(await allowed)) throw refusal(caller, code)
  }

  /** Checks a status that a client sets. */
  async function requireStatus(
    caller: Caller,
    type: TypeModel,
    status: PostInput['status'],
    item?: Item,
  ): Promise<void> {
    const publishes = status === 'publish' || status === 'future' || status === 'private'
    if (!publishes || item?.status === status || (item && statusOf(item, now()) === status)) return
    await require(can(caller.user, `publish_${type.plural}`, item), caller, 'rest_cannot_publish')
  }

  async function requireInput(caller: Caller, type: TypeModel, input: PostInput, item?: Item): Promise<void> {
    const isOthers = input.author !== undefined && String(input.author) !== String(item?.author ?? caller.user?.id)
    if (isOthers) await require(can(caller.user, `edit_others_${type.plural}`, item), caller, 'rest_cannot_edit_others')
    if (input.sticky !== undefined && input.sticky !== (item?.sticky ?? false)) {
      await require(can(caller.user, `edit_others_${type.plural}`, item), caller, 'rest_cannot_assign_sticky')
      await require(can(caller.user, `publish_${type.plural}`, item), caller, 'rest_cannot_assign_sticky')
    }
    if (Object.values(input.terms ?? {}).some(terms => terms.length > 0))
      await require(can(caller.user, 'edit_posts'), caller, 'rest_cannot_assign_term')
    await requireStatus(caller, type, input.status, item)
  }

  /** Everything that an input names must exist. */
  async function checkReferences(type: TypeModel, input: PostInput, item?: Item): Promise<void> {
    if (input.author !== undefined && !(await users.find(String(input.author))))
      throw new ConnectError('rest_invalid_author')
    if (input.featuredMedia && !(await content.media?.find(input.featuredMedia)))
      throw new ConnectError('rest_invalid_featured_media')
    if (input.parent) await checkParent(type, input.parent, item)
    for (const taxonomy of type.taxonomyModels) await checkTerms(taxonomy, input.terms?.[taxonomy.name] ?? [])
  }

  /** An item below itself would have no address. */
  async function checkParent(type: TypeModel, parent: Id, item: Item | undefined): Promise<void> {
    const MAX_DEPTH = 100
    for (let at: Id | null | undefined = parent, depth = 0; at; depth++) {
      const above: Item | null = await type.find(at)
      const isLoop = depth > MAX_DEPTH || (item !== undefined && String(at) === String(item.id))
      if (isLoop || (!above && depth === 0)) throw new ConnectError('rest_post_invalid_parent')
      at = above?.parent
    }
  }

  async function checkTerms(taxonomy: TaxonomyModel, ids: readonly Id[]): Promise<void> {
    if (ids.length === 0) return
    const wanted = [...new Set(ids)]
    if (wanted.length > MAX_TERMS) throw new ConnectError('rest_invalid_term_id')
    const query = { include: wanted, orderBy: 'id', order: 'asc', offset: 0, limit: wanted.length } as const
    const { total } = await taxonomy.list(query)
    if (total < wanted.length) throw new ConnectError('rest_invalid_term_id')
  }

  /** Removes markup that the user may not write. */
  async function cleaned(user: User, input: PostInput): Promise<PostInput> {
    if (await can(user, 'unfiltered_html')) return input
    const clean = async (member: 'title' | 'content' | 'excerpt', kind: 'content' | 'text') => {
      const html = input[member]
      return html === undefined ? {} : { [member]: await cleanMarkup(html, kind) }
    }
    return {
      ...input,
      ...(await clean('title', 'text')),
      ...(await clean('content', 'content')),
      ...(await clean('excerpt', 'content')),
    }
  }

  /** A date in the future makes a published item scheduled, and `future` without such a date is published at once. */
  function datedStatus(input: PostInput, item: Item | null): Pick<ItemDraft, 'status' | 'date'> {
    const status = input.status === 'future' ? 'publish' : (input.status ?? item?.status ?? 'draft')
    const date = input.date === undefined ? (item?.date ?? null) : input.date
    const hasDate = status === 'publish' || status === 'private'
    return { status, date: hasDate ? (date ?? wholeSecond(now())) : date }
  }

  /** The slug for this status: drafts need none, and in the trash it makes way for another item. */
  function wantedSlug(input: PostInput, status: Status, item: Item | null): string {
    const title = toSlug(input.title ?? item?.title ?? '')
    const before = item?.slug ?? ''
    if (status === 'trash') return before === '' || before.endsWith(TRASHED) ? before : before + TRASHED
    if (input.slug !== undefined && input.slug !== '') return toSlug(input.slug)
    const restored = before.endsWith(TRASHED) ? before.slice(0, -TRASHED.length) : before
    const isPublic = status === 'publish' || status === 'private'
    if (input.slug === undefined && restored !== '') return restored
    return isPublic ? title : ''
  }

  /** Finds which slugs other items of the type have. Pages of different parents may have the same. */
  const takenBy = (type: TypeModel, parent: Id | null, exceptId?: Id) => async (slugs: readonly string[]) => {
    const query: ItemQuery = {
      now: now(),
      statuses: SEARCHABLE,
      slugs,
      ...(type.hierarchical && parent ? { parents: [parent] } : {}),
      orderBy: 'id',
      order: 'asc',
      offset: 0,
      limit: 100,
    }
    const { items } = await type.list(query)
    const others = items.filter(
      item => String(item.id) !== String(exceptId) && (!type.hierarchical || (item.parent ?? null) === parent),
    )
    return new Set(others.map(({ slug }) => slug))
  }

  const isSlugExists = (error: unknown) => error instanceof ConnectError && error.code === 'slug_exists'

  async function withDefaultTerms(type: TypeModel, given: ItemDraft['terms']): Promise<ItemDraft['terms']> {
    const terms: Record<string, readonly Id[]> = { ...given }
    for (const { name, defaultTerm } of type.taxonomyModels) {
      const id = (terms[name]?.length ?? 0) === 0 ? await defaultTerm?.() : null
      if (id !== null && id !== undefined) terms[name] = [id]
    }
    return terms
  }

  return {
    /**
     * Lists what the caller may see.
     *
     * @throws ConnectError `rest_invalid_param` for a status that the caller may not ask for
     */
    async list(caller: Caller, type: TypeModel, request: PostListRequest): Promise<Permitted<Found<Item>>> {
      const asked = request.statuses.includes('any') ? ANY : (request.statuses as ItemQuery['statuses'])
      const isPublicOnly = asked.every(status => status === 'publish')
      if (!isPublicOnly) {
        const mayAsk =
          (await can(caller.user, `edit_${type.plural}`)) ||
          (asked.every(status => status === 'private') && (await can(caller.user, `read_private_${type.plural}`)))
        if (!mayAsk) throw invalidStatus()
      }
      return async () => {
        const mayAll =
          isPublicOnly ||
          ((await can(caller.user, `edit_others_${type.plural}`)) &&
            (await can(caller.user, `read_private_${type.plural}`)))
        const query: ItemQuery = { ...request, now: now(), statuses: asked }
        const maySeeAll = await can(caller.user, `edit_others_${type.plural}`)
        if (query.search !== undefined && !maySeeAll) query.withoutPassword = true
        if (!mayAll && caller.user) query.unpublishedOf = caller.user.id
        const { items, total } = await type.list(query)
        if (isPublicOnly && !content.can) return { items, total }
        // The host's own rules may be stricter than its query.
        const readable = await Promise.all(items.map(item => mayRead(caller.user, type, item, query.now)))
        return { items: items.filter((_item, at) => readable[at]), total }
      }
    },

    /** @throws ConnectError `rest_post_invalid_id`, `rest_forbidden`, `rest_forbidden_context` */
    async read(caller: Caller, type: TypeModel, id: Id, forEditing: boolean): Promise<Permitted<Item>> {
      const item = await found(type, id)
      if (forEditing) await require(mayEdit(caller.user, type, item), caller, 'rest_forbidden_context')
      await require(mayRead(caller.user, type, item, now()), caller, 'rest_forbidden')
      return async () => item
    },

    async create(caller: Caller, type: TypeModel, input: PostInput): Promise<Permitted<Item>> {
      const { create } = type
      if (!create) throw new ConnectError('rest_no_route')
      await require(can(caller.user, `edit_${type.plural}`), caller, 'rest_cannot_create')
      await requireInput(caller, type, input)
      return async () => {
        const by = changerOf(caller)
        const words = [input.title, input.content, input.excerpt]
        if (words.every(word => (word ?? '').trim() === '')) throw new ConnectError('empty_content')
        await checkReferences(type, input)
        const clean = await cleaned(by.user, input)
        const { status, date } = datedStatus(clean, null)
        const draft: ItemDraft = {
          title: '',
          content: '',
          excerpt: '',
          featuredMedia: null,
          parent: null,
          menuOrder: 0,
          password: '',
          sticky: false,
          format: 'standard',
          commentStatus: type.name === 'page' ? 'closed' : 'open',
          pingStatus: type.name === 'page' ? 'closed' : 'open',
          template: '',
          ...clean,
          author: clean.author ?? by.user.id,
          terms: await withDefaultTerms(type, clean.terms ?? {}),
          status,
          date,
          slug: '',
        }
        const item = await saveUnderFreeSlug(
          wantedSlug(clean, status, null),
          takenBy(type, draft.parent),
          isSlugExists,
          slug => create({ ...draft, slug }, by),
        )
        hooks.emit('content-created', { ...by, kind: 'item', type: type.name, item })
        return item
      }
    },

    async update(caller: Caller, type: TypeModel, id: Id, input: PostInput): Promise<Permitted<Item>> {
      const { update } = type
      if (!update) throw new ConnectError('rest_no_route')
      const item = await found(type, id)
      await require(mayEdit(caller.user, type, item), caller, 'rest_cannot_edit')
      await requireInput(caller, type, input, item)
      return async () => {
        const by = changerOf(caller)
        await checkReferences(type, input, item)
        return save(type, item, await cleaned(by.user, input), by)
      }
    },

    /** Moves an item to the trash. */
    async trash(caller: Caller, type: TypeModel, id: Id): Promise<Permitted<Item>> {
      const { update } = type
      if (!update) throw new ConnectError('rest_no_route')
      const item = await found(type, id)
      await require(mayDelete(caller.user, type, item), caller, 'rest_cannot_delete')
      return async () => {
        if (item.status === 'trash') throw new ConnectError('rest_already_trashed')
        return save(type, item, { status: 'trash' }, changerOf(caller))
      }
    },

    /** Deletes an item for good. Returns it as it was. */
    async delete(caller: Caller, type: TypeModel, id: Id): Promise<Permitted<Item>> {
      if (!type.delete) throw new ConnectError('rest_no_route')
      const item = await found(type, id)
      await require(mayDelete(caller.user, type, item), caller, 'rest_cannot_delete')
      return async () => {
        const by = changerOf(caller)
        await type.delete?.(id, by)
        hooks.emit('content-deleted', { ...by, kind: 'item', type: type.name, item })
        return item
      }
    },
  }

  /** Saves what changes, and nothing else: of two saves at once, each keeps its members. */
  async function save(type: TypeModel, item: Item, input: PostInput, by: ReturnType<typeof changerOf>): Promise<Item> {
    const { status, date } = datedStatus(input, item)
    const parent = input.parent === undefined ? (item.parent ?? null) : input.parent
    const { slug: _slug, status: _status, date: _date, ...others } = input
    const changes: Partial<ItemDraft> = {
      ...others,
      ...(status !== item.status && { status }),
      ...(date?.getTime() !== item.date?.getTime() && { date }),
    }
    const wanted = wantedSlug(input, status, item)
    const isSlugKept = wanted === item.slug && input.parent === undefined
    const write = async (slug: string) => {
      const saved = await type.update?.(item.id, isSlugKept ? changes : { ...changes, slug }, by)
      if (!saved) throw new ConnectError('rest_post_invalid_id')
      return saved
    }
    const saved = isSlugKept
      ? await write(wanted)
      : await saveUnderFreeSlug(wanted, takenBy(type, parent, item.id), isSlugExists, write)
    hooks.emit('content-updated', { ...by, kind: 'item', type: type.name, item: saved })
    return saved
  }
}

const wholeSecond = (date: Date) => new Date(Math.floor(date.getTime() / 1000) * 1000)

/** As in WordPress, a status that the caller may not see is an invalid parameter. */
function invalidStatus(): ConnectError {
  const message = 'You may not ask for items of this status.'
  return new ConnectError('rest_invalid_param', {
    message: 'Invalid parameter(s): status',
    data: {
      params: { status: message },
      details: { status: { code: 'rest_forbidden_status', message, data: { status: 401 } } },
    },
  })
}
