import { createHash } from 'node:crypto'
import type { Fields } from '../http/body.ts'
import type { User } from '../users/user.ts'

/**
 * The UUID of what a form makes: the same for the same form of the same user, so that a form that is sent twice, as by a
 * reload, makes one. Its field `once` is random.
 *
 * @returns undefined for a form without the field, such as an older template's
 */
export function uuidOfForm(form: Fields, target: User): string | undefined {
  const once = form.get('once')
  if (!once) return undefined
  const hex = createHash('sha256').update(`${target.id} ${once}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
