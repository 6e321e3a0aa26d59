/**
 * Reads an Authorization header of the Bearer scheme (RFC 6750, section 2.1). Returns null for another scheme or an empty
 * header.
 */
export function parseBearer(header: string): string | null {
  const scheme = /^bearer(?:\s+|$)/i.exec(header)
  return scheme && header.slice(scheme[0].length).trim()
}
