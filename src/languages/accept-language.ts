/**
 * Finds the best available language for a requested one (RFC 4647, section 3.4): `de-AT` gets `de-AT`, otherwise `de`. `pt`
 * gets `pt-BR` if only that is available.
 *
 * @param tags the available languages
 */
export function lookUp(wanted: string, tags: readonly string[]): string | undefined {
  const parts = wanted.toLowerCase().split('-', MAX_PARTS)
  for (let length = parts.length; length > 0; length--) {
    const range = parts.slice(0, length).join('-')
    const found = tags.find(tag => tag.toLowerCase() === range)
    if (found) return found
  }
  return tags.find(tag => tag.toLowerCase().startsWith(`${wanted.toLowerCase()}-`))
}

/** Parses an Accept-Language header, best language first (RFC 9110, section 12.5.4). Invalid tags are dropped. */
export function readAcceptLanguage(header: string): string[] {
  return header
    .split(',')
    .slice(0, MAX_LANGUAGES)
    .map(each => /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8}){0,7})\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(each))
    .map(match => ({ tag: match?.[1] ?? '', weight: match ? Number(match[2] ?? 1) : 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

/** More subtags than any language has. The tag may come from a visitor, and each subtag costs a comparison. */
const MAX_PARTS = 8

/** More languages than any person reads. */
const MAX_LANGUAGES = 50
