import type { Knex } from 'knex'
import type { ItemDraft } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { toKeys } from './keys.ts'

/** What changes about an item's terms. */
interface Change {
  id: number
  /** Whether the item's terms counted it before, because it was published. */
  wasCounted: boolean
  isCounted: boolean
  /** By taxonomy; other taxonomies stay. Null takes all terms away. */
  terms: ItemDraft['terms'] | null
}

/** Which terms items have, and how many published items each term has. */
export function createItemTerms({ knex, run, table }: Database) {
  const [joins, terms] = [table('content_item_terms'), table('content_terms')]

  const idsOf = async (item: number, on: Knex): Promise<number[]> => {
    const ids = await run(on(joins).where('item_id', item).pluck('term_id') as PromiseLike<(number | string)[]>)
    return ids.map(Number)
  }

  async function set(item: number, given: ItemDraft['terms'], on: Knex): Promise<void> {
    for (const [taxonomy, ids] of Object.entries(given)) {
      const ofTaxonomy = on(terms).where({ taxonomy }).select('id')
      await run(on(joins).where('item_id', item).whereIn('term_id', ofTaxonomy).delete())
      // A term that is gone or belongs to another taxonomy is left out.
      const existing: { id: number | string }[] =
        ids.length > 0 ? await run(on(terms).where({ taxonomy }).whereIn('id', toKeys(ids)).select('id')) : []
      const rows = existing.map(({ id }) => ({ item_id: item, term_id: Number(id) }))
      if (rows.length > 0) await run(on(joins).insert(rows))
    }
  }

  return {
    /** Returns the ids of the terms of each item, by taxonomy. */
    async of(items: readonly number[], on: Knex = knex): Promise<Map<number, Record<string, number[]>>> {
      const rows = await run(
        on(joins)
          .join(terms, `${terms}.id`, `${joins}.term_id`)
          .whereIn(`${joins}.item_id`, items)
          .orderBy(`${joins}.term_id`)
          .select({ item: `${joins}.item_id`, term: `${joins}.term_id`, taxonomy: `${terms}.taxonomy` }),
      )
      const byItem = new Map<number, Record<string, number[]>>()
      for (const { item, term, taxonomy } of rows) {
        const own = byItem.get(Number(item)) ?? {}
        byItem.set(Number(item), { ...own, [taxonomy]: [...(own[taxonomy] ?? []), Number(term)] })
      }
      return byItem
    },

    /** Sets an item's terms and their counts, in a transaction that has locked the item. */
    async change({ id, wasCounted, isCounted, terms: given }: Change, on: Knex): Promise<void> {
      const before = await idsOf(id, on)
      if (given) await set(id, given, on)
      else await run(on(joins).where('item_id', id).delete())
      const after = given && Object.keys(given).length > 0 ? await idsOf(id, on) : given ? before : []
      const counted = (ids: readonly number[], isCountedNow: boolean) => new Set(isCountedNow ? ids : [])
      const [was, is] = [counted(before, wasCounted), counted(after, isCounted)]
      // In one order for all, so that two changes at once do not wait for each other.
      for (const term of [...new Set([...was, ...is])].sort((a, b) => a - b)) {
        const by = Number(is.has(term)) - Number(was.has(term))
        if (by !== 0) await run(on(terms).where('id', term).increment('items', by))
      }
    },
  }
}
