/** Reads an Authorization header of the Bearer scheme (RFC 6750, 2.1). Another scheme, or none, is not ours: `null`. */
export function parseBearer(header: string): string | null {
  const scheme = /^bearer(?:\s+|$)/i.exec(header)
  return scheme && header.slice(scheme[0].length).trim()
}
