import type { Id } from '../content/content.ts'

/** Whether an id can be in the tables. Others are not found, instead of being an error of the database. */
export const isKey = (id: Id): boolean => Number.isSafeInteger(Number(id))

/** Returns the ids that can be in the tables. */
export const toKeys = (ids: readonly Id[]): number[] => [...new Set(ids.map(Number))].filter(Number.isSafeInteger)

/** PostgreSQL and MySQL take no larger number. */
export const toOffset = (offset: number): number => Math.min(offset, Number.MAX_SAFE_INTEGER)
