import { ConnectError, type ErrorCode } from '../errors.ts'
import { type Caller, changerOf, refusal } from './caller.ts'
import type { Capabilities } from './capabilities.ts'
import type { Id, Term, TermDraft, TermQuery } from './content.ts'
import type { ContentHooks } from './events.ts'
import { cleanMarkup } from './markup.ts'
import type { TaxonomyModel } from './model.ts'
import { saveUnderFreeSlug, toSlug } from './slugs.ts'
import { plainText } from './text.ts'

export type TermInput = Partial<TermDraft>

interface TermRulesParts {
  capabilities: Capabilities
  hooks: ContentHooks
}

type Permitted<T> = () => Promise<T>

export type TermRules = ReturnType<typeof createTermRules>

const FIRST = { order: 'asc', offset: 0 } as const

/** WordPress's rules for categories, tags and further taxonomies, for every protocol. */
export function createTermRules({ capabilities: { can }, hooks }: TermRulesParts) {
  async function found(taxonomy: TaxonomyModel, id: Id): Promise<Term> {
    const term = await taxonomy.find(id)
    if (!term) throw new ConnectError('rest_term_invalid')
    return term
  }

  async function require(caller: Caller, capability: string, code: ErrorCode): Promise<void> {
    if (!(await can(caller.user, capability))) throw refusal(caller, code)
  }

  const manages = (caller: Caller, code: ErrorCode) => require(caller, 'manage_categories', code)

  async function checkParent(taxonomy: TaxonomyModel, parent: Id | null | undefined, term?: Term): Promise<void> {
    if (!parent) return
    if (!taxonomy.hierarchical) throw new ConnectError('rest_taxonomy_not_hierarchical')
    const MAX_DEPTH = 100
    for (let at: Id | null | undefined = parent, depth = 0; at; depth++) {
      const above: Term | null = await taxonomy.find(at)
      if (depth > MAX_DEPTH || (depth === 0 && !above) || String(at) === String(term?.id))
        throw new ConnectError('rest_term_invalid', { status: 400 })
      at = above?.parent
    }
  }

  /** In one place of the hierarchy, a name occurs once. */
  async function checkName(taxonomy: TaxonomyModel, name: string, parent: Id | null, exceptId?: Id): Promise<void> {
    const query: TermQuery = { name, parent, orderBy: 'id', ...FIRST, limit: 2 }
    const { items } = await taxonomy.list(query)
    const same = items.find(term => String(term.id) !== String(exceptId))
    if (same) throw new TermExists(same.id)
  }

  async function cleaned(input: TermInput): Promise<TermInput> {
    return {
      ...input,
      ...(input.name !== undefined && { name: plainText(input.name) }),
      ...(input.description !== undefined && { description: await cleanMarkup(input.description, 'text') }),
    }
  }

  const takenBy = (taxonomy: TaxonomyModel, exceptId?: Id) => async (slugs: readonly string[]) => {
    const { items } = await taxonomy.list({ slugs, orderBy: 'id', ...FIRST, limit: 100 })
    return new Set(items.filter(({ id }) => String(id) !== String(exceptId)).map(({ slug }) => slug))
  }

  const isSlugExists = (error: unknown) => error instanceof ConnectError && error.code === 'slug_exists'

  return {
    find: found,

    async create(caller: Caller, taxonomy: TaxonomyModel, input: TermInput): Promise<Permitted<Term>> {
      const { create } = taxonomy
      if (!create) throw new ConnectError('rest_no_route')
      // As in WordPress, who writes posts may make tags, but not categories.
      await require(caller, taxonomy.hierarchical ? 'manage_categories' : 'edit_posts', 'rest_cannot_create')
      return async () => {
        const by = changerOf(caller)
        const clean = await cleaned(input)
        const name = clean.name ?? ''
        if (name === '') throw new ConnectError('empty_term_name')
        const parent = clean.parent ?? null
        await checkParent(taxonomy, parent)
        await checkName(taxonomy, name, parent)
        const draft = { name, description: clean.description ?? '', parent }
        const term = await saveUnderFreeSlug(
          toSlug(clean.slug || name) || 'term',
          takenBy(taxonomy),
          isSlugExists,
          slug => create({ ...draft, slug }, by),
        )
        hooks.emit('content-created', { ...by, kind: 'term', taxonomy: taxonomy.name, term })
        return term
      }
    },

    async update(caller: Caller, taxonomy: TaxonomyModel, id: Id, input: TermInput): Promise<Permitted<Term>> {
      const { update } = taxonomy
      if (!update) throw new ConnectError('rest_no_route')
      const term = await found(taxonomy, id)
      await manages(caller, 'rest_cannot_edit')
      return async () => {
        const by = changerOf(caller)
        const { slug: wanted, ...changes } = await cleaned(input)
        if (changes.name === '') throw new ConnectError('empty_term_name')
        await checkParent(taxonomy, changes.parent, term)
        const parent = changes.parent === undefined ? (term.parent ?? null) : changes.parent
        if (changes.name !== undefined) await checkName(taxonomy, changes.name, parent, id)
        const write = async (slug: string | undefined) => {
          const saved = await update(id, slug === undefined ? changes : { ...changes, slug }, by)
          if (!saved) throw new ConnectError('rest_term_invalid')
          return saved
        }
        const slug = wanted ? toSlug(wanted) : ''
        const saved = await (slug === ''
          ? write(undefined)
          : saveUnderFreeSlug(slug, takenBy(taxonomy, id), isSlugExists, write))
        hooks.emit('content-updated', { ...by, kind: 'term', taxonomy: taxonomy.name, term: saved })
        return saved
      }
    },

    async delete(caller: Caller, taxonomy: TaxonomyModel, id: Id): Promise<Permitted<Term>> {
      if (!taxonomy.delete) throw new ConnectError('rest_no_route')
      const term = await found(taxonomy, id)
      await manages(caller, 'rest_cannot_delete')
      return async () => {
        const by = changerOf(caller)
        await taxonomy.delete?.(id, by)
        hooks.emit('content-deleted', { ...by, kind: 'term', taxonomy: taxonomy.name, term })
        return term
      }
    },
  }
}

/** Carries the host's id of the term that is there; a protocol adds it to its error in its own form. */
export class TermExists extends ConnectError {
  readonly termId: Id

  constructor(termId: Id) {
    super('term_exists')
    this.termId = termId
  }
}
