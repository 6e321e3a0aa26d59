import type { PageKit } from '../../pages/kit.ts'
import { restUrl } from '../../rest/url.ts'
import type { User } from '../../users/user.ts'

/** What a person enters into an application together with a new password, and a command to try it. */
export interface ConnectionDetails {
  siteUrl: string
  login: string
  /** A command that works as it is when the password is put between the two parts. */
  curl: { before: string; after: string }
  /** URL of the host's help page, or null. */
  helpUrl: string | null
}

export const connectionDetails = (kit: PageKit, { login }: User): ConnectionDetails => ({
  siteUrl: kit.site.url,
  login,
  curl: curlCommand(login, restUrl(kit.site, '/wp/v2/users/me')),
  helpUrl: kit.helpUrl,
})

/** Quotes a command for shells. Double quotes work on Windows too, but only if the text has no special characters. */
export function curlCommand(login: string, url: string): ConnectionDetails['curl'] {
  const isPlain = /^[\w.@+ -]+$/.test(login)
  const [quote, user] = isPlain ? ['"', login] : ["'", login.replaceAll("'", `'\\''`)]
  return { before: `curl -u ${quote}${user}:`, after: `${quote} "${url.replace(/["$`\\]/g, encodeURIComponent)}"` }
}
