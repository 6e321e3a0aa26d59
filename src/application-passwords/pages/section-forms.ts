import type { Fields } from '../../http/body.ts'
import type { PageKit } from '../../pages/kit.ts'
import { formAction, type ProfileVisit, type Section } from '../../pages/section.ts'
import type { Action } from '../../users/user.ts'
import type { ApplicationPasswords } from '../application-passwords-types.ts'
import type { Availability } from '../availability.ts'
import type { CreateWithUuid } from '../create.ts'
import { uuidOfForm } from '../once-field.ts'
import { chunkPassword } from '../password.ts'
import type { Permission } from '../permission.ts'

interface SectionFormsParts {
  kit: PageKit
  passwords: ApplicationPasswords
  createWithUuid: CreateWithUuid
  permission: Permission
  availability: Availability
}

/** Handles the forms of the Application Passwords section: create, rename, revoke, revoke all. */
export function sectionForms(parts: SectionFormsParts): NonNullable<Section['actions']> {
  const { kit, passwords, createWithUuid } = parts

  /** @throws ConnectError unless the form came from this page and the user may do this */
  const allow = async ({ ctx, user, target }: ProfileVisit, form: Fields, action: Action, token: string) => {
    kit.checkFormToken(ctx, user, formAction(token, target), form)
    const unavailable = await parts.availability.unavailableReason(ctx.secure)
    if (unavailable) throw unavailable
    await parts.permission.check({ caller: { method: 'session', user }, target, action })
  }

  const announce = ({ ctx, address }: ProfileVisit, notice: string) => {
    kit.redirect(ctx, `${address}${address.includes('?') ? '&' : '?'}notice=${notice}`, 303)
    return null
  }

  const uuidIn = (form: Fields) => form.get('uuid') ?? ''

  return {
    async create(visit, form) {
      const { ctx, user, target } = visit
      await allow(visit, form, 'create_app_password', 'create')
      const name = form.get('new_application_password_name') ?? ''
      const isStillAllowed = () => kit.isStillLoggedIn(ctx, user)
      const once = uuidOfForm(form, target)
      const { applicationPassword: made, password } = await createWithUuid(target, name, '', isStillAllowed, once)
      return { values: { shown: { uuid: made.uuid, name: made.name, password: chunkPassword(password) } } }
    },
    async rename(visit, form) {
      await allow(visit, form, 'edit_app_password', 'rename')
      await passwords.rename(visit.target, uuidIn(form), form.get('name') ?? '')
      return announce(visit, 'renamed')
    },
    async revoke(visit, form) {
      await allow(visit, form, 'delete_app_password', `revoke ${uuidIn(form)}`)
      await passwords.revoke(visit.target, uuidIn(form))
      return announce(visit, 'revoked')
    },
    async 'revoke-all'(visit, form) {
      await allow(visit, form, 'delete_app_passwords', 'revoke-all')
      await passwords.revokeAll(visit.target)
      return announce(visit, 'all-revoked')
    },
  }
}

/** The notices that a redirect back to the page may show, with the ids of their messages. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  ['revoked', 'passwords.revoked'],
  ['all-revoked', 'passwords.all-revoked'],
  ['renamed', 'passwords.renamed'],
])

/** Returns the message id of the notice in the page's URL, or null. */
export const noticeOf = (query: Fields): string | null => NOTICES.get(query.get('notice') ?? '') ?? null
