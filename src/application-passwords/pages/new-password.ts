import type { PageKit } from '../../pages/kit.ts'
import { restUrl } from '../../rest/url.ts'
import type { User } from '../../users/user.ts'

/** What a person types into an application next to a new password, and how to try it out. */
export interface ConnectionDetails {
  siteUrl: string
  login: string
  /** A command that works as it stands, once the password is between the two. */
  curl: { before: string; after: string }
  /** A page of the host's that explains it, or null. */
  helpUrl: string | null
}

export const connectionDetails = (kit: PageKit, { login }: User): ConnectionDetails => ({
  siteUrl: kit.site.url,
  login,
  curl: curlCommand(login, restUrl(kit.site, '/wp/v2/users/me')),
  helpUrl: kit.helpUrl,
})

/** Quoted for shells: double quotes, which Windows takes too, where nothing inside of them has a meaning of its own. */
export function curlCommand(login: string, url: string): ConnectionDetails['curl'] {
  const isPlain = /^[\w.@+ -]+$/.test(login)
  const [quote, user] = isPlain ? ['"', login] : ["'", login.replaceAll("'", `'\\''`)]
  return { before: `curl -u ${quote}${user}:`, after: `${quote} "${url.replace(/["$`\\]/g, encodeURIComponent)}"` }
}
