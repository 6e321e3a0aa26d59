import type { ApplicationPassword } from '../application-password.ts'

/** An application password as the page lists it. */
export type Numbered = ApplicationPassword & {
  /** 1 for the oldest of a name, 2 for the next one of the same name. The page shows numbers from 2 on. */
  number: number
}

/**
 * Numbers the application passwords of each name, so that people can tell them apart.
 *
 * @param list oldest first
 */
export function numbered(list: readonly ApplicationPassword[]): Numbered[] {
  const counts = new Map<string, number>()
  return list.map(item => {
    const number = (counts.get(item.name) ?? 0) + 1
    counts.set(item.name, number)
    return { ...item, number }
  })
}
