import { chunks } from '../database/chunks.ts'
import type { Database } from '../database/database.ts'
import { ConnectError } from '../errors.ts'
import type { Id } from './content.ts'

/** What an id is of: a type of content shares its numbers with the others, as in WordPress. */
export type IdKind = 'item' | 'term' | 'media' | 'user'

/** Looks up the number that a client sees. */
export type NumberOf = (kind: IdKind, id: Id) => number

export interface Ids {
  /** Numbers these ids, with one SELECT for those that have a number. */
  number(refs: readonly { kind: IdKind; id: Id }[]): Promise<NumberOf>
  /** Returns the host's ids of numbers that a client sent. A number that belongs to nothing is left out. */
  find(kind: IdKind, numbers: readonly number[]): Promise<Map<number, Id>>
}

const MAX_NUMBER = 2 ** 31 - 1
const CHUNK = 400

const isNumber = (id: Id) => /^[1-9]\d{0,9}$/.test(String(id)) && Number(id) <= MAX_NUMBER

/**
 * WordPress clients need integers below 2³¹. Ids that are integers stay as they are. Others get a number from a table of the
 * package, once and for ever.
 *
 * @param kinds the kinds whose ids are always integers
 */
export function createIds(database: Database, integers: ReadonlySet<IdKind>): Ids {
  const { knex, run } = database
  const table = database.table('content_ids')
  const key = (kind: IdKind, id: Id) => `${kind} ${id}`
  const isInteger = (kind: IdKind, id: Id) => integers.has(kind) || (kind === 'user' && isNumber(id))

  async function select(refs: readonly { kind: IdKind; id: Id }[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    for (const some of chunks(refs, CHUNK)) {
      const pairs = some.map(({ kind, id }) => [kind, String(id)])
      const rows = await run(
        knex<{ id: number | string; kind: IdKind; host_id: string }>(table).whereIn(['kind', 'host_id'], pairs),
      )
      for (const row of rows) found.set(key(row.kind, row.host_id), Number(row.id))
    }
    return found
  }

  return {
    async number(refs) {
      const unnumbered = refs.filter(({ kind, id }) => !isInteger(kind, id))
      const distinct = [...new Map(unnumbered.map(ref => [key(ref.kind, ref.id), ref])).values()]
      const known = distinct.length > 0 ? await select(distinct) : new Map<string, number>()
      const missing = distinct.filter(({ kind, id }) => !known.has(key(kind, id)))
      if (missing.length > 0) {
        for (const some of chunks(missing, CHUNK)) {
          await run(
            knex(table)
              .insert(some.map(({ kind, id }) => ({ kind, host_id: String(id) })))
              .onConflict(['kind', 'host_id'])
              .ignore(),
          )
        }
        for (const [name, number] of await select(missing)) known.set(name, number)
      }
      return (kind, id) => {
        const number = isInteger(kind, id) ? Number(id) : known.get(key(kind, id))
        if (number === undefined)
          throw new ConnectError('content_unavailable', { cause: new Error(`no number for ${kind}`) })
        return number
      }
    },
    async find(kind, numbers) {
      const wanted = numbers.filter(number => Number.isSafeInteger(number) && number > 0 && number <= MAX_NUMBER)
      const found = new Map<number, Id>()
      if (integers.has(kind)) {
        for (const number of wanted) found.set(number, number)
        return found
      }
      for (const some of chunks(wanted, CHUNK)) {
        const rows = await run(
          knex<{ id: number | string; host_id: string }>(table).where('kind', kind).whereIn('id', some),
        )
        for (const row of rows) found.set(Number(row.id), row.host_id)
      }
      // Users whose own ids are numbers have none in the table.
      if (kind === 'user') for (const number of wanted) if (!found.has(number)) found.set(number, String(number))
      return found
    },
  }
}
