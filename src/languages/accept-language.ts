/**
 * The best of what there is for what is wanted (RFC 4647, 3.4): `de-AT` gets `de-AT`, else `de`. Whoever wants `pt` gets
 * `pt-BR` where that is all there is.
 *
 * @param tags those that there are
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

/** What an Accept-Language header wants, best first (RFC 9110, 12.5.4); what is no tag is left out. */
export function readAcceptLanguage(header: string): string[] {
  return header
    .split(',')
    .slice(0, MOST)
    .map(each => /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8}){0,7})\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(each))
    .map(match => ({ tag: match?.[1] ?? '', weight: match ? Number(match[2] ?? 1) : 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

/** Of a tag: more than any has. What the host passes on may be what somebody sent, and each costs a comparison. */
const MAX_PARTS = 8

/** More languages than anybody reads. */
const MOST = 50
