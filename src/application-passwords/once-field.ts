import { createHash } from 'node:crypto'
import type { Fields } from '../http/body.ts'
import type { User } from '../users/user.ts'

/**
 * Derives a UUID from a form, so that a form that is sent twice, for example by a reload, creates only one application
 * password. The form's field `once` is random.
 *
 * @returns undefined for a form without the field, such as that of an older template
 */
export function uuidOfForm(form: Fields, target: User): string | undefined {
  const once = form.get('once')
  if (!once) return undefined
  const hex = createHash('sha256').update(`${target.id} ${once}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
