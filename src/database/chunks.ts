/** Splits a list, because a statement takes a limited number of values: 999 in SQLite before 3.32. */
export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size))
