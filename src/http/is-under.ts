/** Whether a path is under one of the API's prefixes, in any letter case, because routers ignore the case. */
export const isUnder = (path: string, prefixes: readonly string[]): boolean => createIsUnder(prefixes)(path)

/** The same check, prepared for fixed prefixes, because every request needs it. */
export function createIsUnder(prefixes: readonly string[]): (path: string) => boolean {
  const lowerPrefixes = prefixes.map(prefix => prefix.toLowerCase())
  return path => {
    // The host's router may collapse slashes: then `//api` is its `/api`.
    const lower = foldLeadingSlashes(path).toLowerCase()
    return lowerPrefixes.some(
      prefix => lower.startsWith(prefix) && (lower.length === prefix.length || lower[prefix.length] === '/'),
    )
  }
}

/** Turns `//wp-json` into `/wp-json`. For other paths it only looks at one character. */
export function foldLeadingSlashes(path: string): string {
  if (path[1] !== '/') return path
  let start = 1
  while (path[start] === '/') start++
  return path.slice(start - 1)
}
