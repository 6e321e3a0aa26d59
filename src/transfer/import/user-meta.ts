import { APPLICATION_PASSWORDS, capabilitiesKey } from '../user-meta-keys.ts'
import type { UserMeta } from './wordpress-user.ts'

/** Keeps the value of a usermeta row if it matters here and is the first with its key. */
export function addMeta(meta: UserMeta, prefix: string, key: string, value: string): void {
  if (key === APPLICATION_PASSWORDS) meta.applicationPasswords ??= value
  else if (key === capabilitiesKey(prefix)) meta.capabilities ??= value
  else if (isOfOtherSite(prefix, key)) meta.otherSites.push(key.slice(0, -'capabilities'.length))
}

/** Keys of other sites of a network have the site's number after the prefix: `wp_2_capabilities`. */
const isOfOtherSite = (prefix: string, key: string) =>
  key.startsWith(prefix) && /^\d+_capabilities$/.test(key.slice(prefix.length))
