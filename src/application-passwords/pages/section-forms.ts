import type { Context } from 'koa'
import type { CheckConnection, ConnectionCheck } from '../../doctor/check-connection.ts'
import { ConnectError } from '../../errors.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { Action, User } from '../../users/user.ts'
import type { ApplicationPasswords, CreateWithUuid } from '../application-passwords.ts'
import type { Availability } from '../availability.ts'
import { uuidOfForm } from '../made-once.ts'
import { chunkPassword } from '../password.ts'
import type { Permission } from '../permission.ts'

/** Somebody at somebody's profile page, who may see it. */
export interface Visit {
  ctx: Context
  /** Who is looking. */
  user: User
  /** Whose page it is. */
  target: User
  /** The page's own address within the site. */
  address: string
}

/** What the page says on top of its list. */
export interface Announcement {
  notice?: string | undefined
  /** A password just made, shown this once. */
  shown?: { uuid: string; name: string; password: string }
  error?: ConnectError
  /** What a look at the connection found, or why there was none. */
  connection?: ConnectionCheck
  connectionError?: ConnectError
}

/** What a form token of the page is for: one action on one user's application passwords. */
export const formAction = (action: string, target: User): string => `${action} ${target.id}`

interface Parts {
  kit: PageKit
  passwords: ApplicationPasswords
  createWithUuid: CreateWithUuid
  permission: Permission
  availability: Availability
  checkConnection: CheckConnection
}

/** The forms of the profile page: create, rename, revoke, revoke all, check the connection. */
export function createProfileForm({
  kit,
  passwords,
  createWithUuid,
  permission,
  availability,
  checkConnection,
}: Parts) {
  async function act({ ctx, user, target, address }: Visit): Promise<Announcement | null> {
    const form = await kit.form(ctx)
    const uuid = form.get('uuid') ?? ''
    const allow = async (action: Action, token: string) => {
      kit.checkFormToken(ctx, user, formAction(token, target), form)
      const unavailable = await availability.refusal(ctx.secure)
      if (unavailable) throw unavailable
      await permission.check({ caller: { method: 'session', user }, target, action })
    }
    const announce = (notice: string) => {
      kit.redirect(ctx, `${address}${address.includes('?') ? '&' : '?'}notice=${notice}`, 303)
      return null
    }
    switch (form.get('action')) {
      case 'create': {
        await allow('create_app_password', 'create')
        const name = form.get('new_application_password_name') ?? ''
        const isStillAllowed = () => kit.isStillLoggedIn(ctx, user)
        const once = uuidOfForm(form, target)
        const { applicationPassword: made, password } = await createWithUuid(target, name, '', isStillAllowed, once)
        return { shown: { uuid: made.uuid, name: made.name, password: chunkPassword(password) } }
      }
      case 'rename':
        await allow('edit_app_password', 'rename')
        await passwords.rename(target, uuid, form.get('name') ?? '')
        return announce('renamed')
      case 'revoke':
        await allow('delete_app_password', `revoke ${uuid}`)
        await passwords.revoke(target, uuid)
        return announce('revoked')
      case 'revoke-all':
        await allow('delete_app_passwords', 'revoke-all')
        await passwords.revokeAll(target)
        return announce('all-revoked')
      case 'check-connection':
        // Also where there are no application passwords to be had: it may say why.
        kit.checkFormToken(ctx, user, formAction('check-connection', target), form)
        return lookAtConnection(ctx, user)
      default:
        throw new ConnectError('not_found')
    }
  }

  async function lookAtConnection(ctx: Context, user: User): Promise<Announcement> {
    try {
      return { connection: await checkConnection(ctx, user) }
    } catch (error) {
      if (error instanceof ConnectError && error.status === 429) return { connectionError: error }
      throw error
    }
  }

  /** @returns what to show the page with, or null when the answer is on its way already. */
  return async function answerForm(visit: Visit): Promise<Announcement | null> {
    try {
      return await act(visit)
    } catch (error) {
      // What the form itself can put right is said on the page.
      if (error instanceof ConnectError && error.status === 400) return { error }
      throw error
    }
  }
}
