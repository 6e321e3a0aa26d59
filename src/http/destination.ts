/** What people can tell an application by: its host, or the scheme that a program on their device answers to. */
export function destinationOf(url: string): string {
  const { protocol, host } = new URL(url)
  return /^https?:$/.test(protocol) ? host : `${protocol}//`
}

/** White space, backslashes, control and invisible characters: with them an address can look like another one. */
export const DISGUISES = /[\s\\\p{Cc}\p{Cf}]/u

/** Schemes that run or open something at the browser instead of telling an application. */
export const DANGEROUS_SCHEMES: ReadonlySet<string> = new Set([
  'javascript',
  'data',
  'vbscript',
  'blob',
  'file',
  'filesystem',
  'about',
  'view-source',
  'ws',
  'wss',
  'ftp',
])
