/** A list in pieces of so many, because a statement takes only so many values: 999 in SQLite before 3.32. */
export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size))
