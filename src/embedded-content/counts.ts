import type { Knex } from 'knex'
import type { ItemQuery, Status } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { toSeconds } from './item-row.ts'

/** What an item is counted by. */
export interface CountKey {
  status: Status
  author: string | null
}

/** The author of at most so many ids. */
const MAX_AUTHORS = 1000

/** Empty as in the counts. SQLite would group by a plain column with an index of all items. */
const AUTHOR = `coalesce(author, '')`

/** The filters of a query whose total the counts know. */
const COUNTED = new Set(['now', 'statuses', 'unpublishedOf', 'authors', 'orderBy', 'order', 'offset', 'limit'])

/**
 * How many items of a type each author has in each status, kept in the transaction that changes it: counting 100,000 rows
 * would take longer than listing 20. `publish` includes scheduled items, which are counted by the clock of the query.
 */
export function createCounts({ table: named, run, knex }: Database, type: string) {
  const [table, items] = [named('content_counts'), named('content_items')]

  async function add({ status, author }: CountKey, by: number, on: Knex): Promise<void> {
    await run(
      on(table)
        .insert({ type, status, author: author ?? '', items: by })
        .onConflict(['type', 'status', 'author'])
        .merge({ items: on.raw('?? + ?', [`${table}.items`, by]) }),
    )
  }

  /** The scheduled items. They are few, and an index finds them. */
  const later = (now: Date) => knex(items).where({ type, status: 'publish' }).where('sort_date', '>', toSeconds(now))

  const sum = async (builder: Knex.QueryBuilder): Promise<number> => {
    const row = await run(builder.first() as PromiseLike<{ all: number | string | null } | undefined>)
    return Number(row?.all ?? 0)
  }

  return {
    add,
    /** In one order for all, so that two changes at once do not wait for each other. */
    async move(from: CountKey, to: CountKey, on: Knex): Promise<void> {
      const nameOf = ({ status, author }: CountKey) => `${status} ${author ?? ''}`
      if (nameOf(from) === nameOf(to)) return
      const steps = [
        [from, -1],
        [to, 1],
      ] as const
      for (const [key, by] of steps.toSorted(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1))) await add(key, by, on)
    },

    /** Returns how many items match, or null if the query asks for what is not counted. */
    async of(query: ItemQuery): Promise<number | null> {
      if (Object.entries(query).some(([name, value]) => value !== undefined && !COUNTED.has(name))) return null
      const { statuses, unpublishedOf, authors, now } = query
      const own = unpublishedOf === undefined ? undefined : String(unpublishedOf)
      const filtered = (builder: Knex.QueryBuilder, isOwn: boolean) => {
        if (authors) builder.whereIn('author', authors.map(String))
        if (isOwn && own !== undefined) builder.where('author', own)
        return builder
      }
      const stored = (names: readonly string[], isOwn: boolean) =>
        sum(filtered(knex(table).where({ type }).whereIn('status', names).sum({ all: 'items' }), isOwn))
      const scheduled = (isOwn: boolean) => sum(filtered(later(now).count({ all: '*' }), isOwn))

      const others = statuses.filter(status => status !== 'publish' && status !== 'future')
      const parts: (number | Promise<number>)[] = [others.length > 0 ? stored(others, true) : 0]
      if (statuses.includes('publish'))
        parts.push(
          stored(['publish'], false),
          scheduled(false).then(count => -count),
        )
      if (statuses.includes('future')) parts.push(scheduled(true))
      return (await Promise.all(parts)).reduce((all, part) => all + part, 0)
    },

    /** Returns the authors of published items. */
    async authors(now: Date): Promise<string[]> {
      const scheduled = later(now)
        .select({ author: knex.raw(AUTHOR) })
        .count({ later: '*' })
        .groupByRaw(AUTHOR)
        .as('scheduled')
      const rows = await run(
        knex(table)
          .leftJoin(scheduled, 'scheduled.author', `${table}.author`)
          .where({ type, status: 'publish' })
          .whereNot(`${table}.author`, '')
          .whereRaw('items > coalesce(later, 0)')
          .orderBy(`${table}.author`)
          .limit(MAX_AUTHORS)
          .select({ author: `${table}.author` }),
      )
      return rows.map(({ author }: { author: string }) => author)
    },
  }
}
