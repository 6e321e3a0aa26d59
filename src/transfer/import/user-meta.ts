import { APPLICATION_PASSWORDS, capabilitiesKey } from '../user-meta-keys.ts'
import type { UserMeta } from './wordpress-user.ts'

/** Keeps what one row of the table of users' further data says, if it counts here and no row before it said so. */
export function addMeta(meta: UserMeta, prefix: string, key: string, value: string): void {
  if (key === APPLICATION_PASSWORDS) meta.applicationPasswords ??= value
  else if (key === capabilitiesKey(prefix)) meta.capabilities ??= value
  else if (isOfOtherSite(prefix, key)) meta.otherSites.push(key.slice(0, -'capabilities'.length))
}

/** Other sites of a network have their number behind the prefix: `wp_2_capabilities`. */
const isOfOtherSite = (prefix: string, key: string) =>
  key.startsWith(prefix) && /^\d+_capabilities$/.test(key.slice(prefix.length))
