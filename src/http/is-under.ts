/** Whether a path lies under one of the API's prefixes, in any letter case, because routers match in any. */
export function isUnder(path: string, prefixes: readonly string[]): boolean {
  const lower = path.toLowerCase()
  return prefixes.some(prefix => lower === prefix.toLowerCase() || lower.startsWith(`${prefix.toLowerCase()}/`))
}
