import type { Context } from 'koa'
import type { Fields } from '../../http/body.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { User } from '../../users/user.ts'
import { newClientId } from './clients.ts'

/** What the token of the field is for: this ID, and no other that somebody would like to have. */
const actionOf = (clientId: string) => `create client ${clientId} once`

/** The form's field `once`: the ID of the application that it makes, so that sending it twice makes one. */
export function onceValue(kit: PageKit, ctx: Context, user: User): string {
  const clientId = newClientId()
  return `${clientId}.${kit.formToken(ctx, user, actionOf(clientId))}`
}

/**
 * The ID that the form was given.
 *
 * @returns undefined for a form without the field, such as an older template's
 * @throws ConnectError `invalid_form_token` for an ID that this site did not choose
 */
export function clientIdOfForm(kit: PageKit, ctx: Context, user: User, form: Fields): string | undefined {
  const once = form.get('once')
  if (!once) return undefined
  const [clientId = '', token = ''] = once.split('.')
  kit.checkFormToken(ctx, user, actionOf(clientId), new Map([['_wpnonce', token]]))
  return clientId
}
