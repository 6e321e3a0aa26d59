import type { Context } from 'koa'
import type { Fields } from '../../http/body.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { User } from '../../users/user.ts'
import { newClientId } from './clients.ts'

/** The form token is bound to this ID, so that a user cannot choose another one. */
const actionOf = (clientId: string) => `create client ${clientId} once`

/**
 * Returns the value of the form's field `once`: the ID of the application that the form will create. So a form that is sent
 * twice creates one application.
 */
export function onceValue(kit: PageKit, ctx: Context, user: User): string {
  const clientId = newClientId()
  return `${clientId}.${kit.formToken(ctx, user, actionOf(clientId))}`
}

/**
 * Returns the ID in a form's field `once`.
 *
 * @returns undefined for a form without the field, such as that of an older template
 * @throws ConnectError `invalid_form_token` for an ID that this site did not choose
 */
export function clientIdOfForm(kit: PageKit, ctx: Context, user: User, form: Fields): string | undefined {
  const once = form.get('once')
  if (!once) return undefined
  const [clientId = '', token = ''] = once.split('.')
  kit.checkFormToken(ctx, user, actionOf(clientId), new Map([['_wpnonce', token]]))
  return clientId
}
