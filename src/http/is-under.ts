/** Whether a path lies under one of the API's prefixes, in any letter case, because routers match in any. */
export const isUnder = (path: string, prefixes: readonly string[]): boolean => createIsUnder(prefixes)(path)

/** The same question for prefixes that stay the same, as every request asks it. */
export function createIsUnder(prefixes: readonly string[]): (path: string) => boolean {
  const lowerPrefixes = prefixes.map(prefix => prefix.toLowerCase())
  return path => {
    // A router of the host's may fold slashes: `//api` is then its `/api`.
    const lower = foldLeadingSlashes(path).toLowerCase()
    return lowerPrefixes.some(
      prefix => lower.startsWith(prefix) && (lower.length === prefix.length || lower[prefix.length] === '/'),
    )
  }
}

/** `//wp-json` as `/wp-json`. Of any other path it costs the look at one character. */
export function foldLeadingSlashes(path: string): string {
  if (path[1] !== '/') return path
  let start = 1
  while (path[start] === '/') start++
  return path.slice(start - 1)
}
