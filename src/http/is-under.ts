/** Whether a path lies under one of the API's prefixes, in any letter case, because routers match in any. */
export const isUnder = (path: string, prefixes: readonly string[]): boolean => createIsUnder(prefixes)(path)

/** The same question for prefixes that stay the same, as every request asks it. */
export function createIsUnder(prefixes: readonly string[]): (path: string) => boolean {
  const lowerPrefixes = prefixes.map(prefix => prefix.toLowerCase())
  return path => {
    const lower = path.toLowerCase()
    return lowerPrefixes.some(
      prefix => lower.startsWith(prefix) && (lower.length === prefix.length || lower[prefix.length] === '/'),
    )
  }
}
