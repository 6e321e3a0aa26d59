import type { Context, Middleware } from 'koa'
import { REST_NONCE } from '../authentication/authentication.ts'
import { ConnectError } from '../errors.ts'
import { type Fields, parseForm } from '../http/body.ts'
import type { PageKit } from '../pages/kit.ts'
import { isSameUser, mayDo, publicId, type User, type Users } from '../users/user.ts'
import { REST_PREFIX } from '../wordpress/rest-url.ts'
import type { ApplicationPasswords } from './application-passwords.ts'
import type { Availability } from './availability.ts'
import type { Permission } from './permission.ts'
import { type Announcement, createProfileForm, formAction, type Visit } from './profile-form.ts'

/** What a redirect back to the page may announce. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  ['revoked', 'Application password revoked.'],
  ['all-revoked', 'All application passwords revoked.'],
  ['renamed', 'Application password renamed.'],
])

interface Parts {
  kit: PageKit
  users: Users
  passwords: ApplicationPasswords
  permission: Permission
  availability: Availability
}

/**
 * WordPress's `/wp-admin/profile.php`, and `user-edit.php?user_id=` for those who may manage others: the Application
 * Passwords section. Everything works by forms; the script saves reloads.
 */
export function profilePage({ kit, users, passwords, permission, availability }: Parts): Middleware {
  const answerForm = createProfileForm({ kit, passwords, permission, availability })

  async function visitBy(ctx: Context, user: User, query: Fields): Promise<Visit> {
    const id = query.get('user_id') ?? ''
    const isOwn = !ctx.path.endsWith('user-edit.php') || id === '' || id === String(user.id)
    const target = isOwn ? user : await users.find(id)
    if (!target) throw new ConnectError('rest_user_invalid_id')
    // Where there are none to be had the page says so; only who may not look is turned away.
    if (!(await mayDo(users, user, 'list_app_passwords', target))) throw new ConnectError('not_allowed')
    const path = isSameUser(user, target) ? '/wp-admin/profile.php' : `/wp-admin/user-edit.php?user_id=${target.id}`
    return { ctx, user, target, address: kit.path(path) }
  }

  async function show(
    { ctx, user, target, address }: Visit,
    { notice, shown, error }: Announcement = {},
  ): Promise<void> {
    const unavailable = (await availability.refusal(ctx.secure)) ?? (await availability.refusalFor(target))
    const token = (action: string) => kit.formToken(ctx, user, formAction(action, target))
    const values = {
      ...kit.userValues(ctx, user),
      target,
      isSelf: isSameUser(user, target),
      address,
      unavailable: unavailable?.message ?? null,
      applicationPasswords: unavailable ? [] : (await passwords.list(target)).reverse(),
      notice: notice ?? null,
      shown: shown ?? null,
      error: error ?? null,
      createToken: token('create'),
      renameToken: token('rename'),
      rest: {
        collection: kit.path(`${REST_PREFIX}/wp/v2/users/${publicId(target.id)}/application-passwords`),
        nonce: kit.formToken(ctx, user, REST_NONCE),
        nonceEndpoint: kit.path('/wp-admin/admin-ajax.php?action=rest-nonce'),
      },
    }
    kit.render(ctx, 'profile', values, { status: error?.status ?? 200 })
  }

  /** "Are you sure?", for those without JavaScript. */
  async function confirm({ ctx, user, target, address }: Visit, query: Fields): Promise<void> {
    const uuid = query.get('uuid') ?? ''
    const item = query.get('action') === 'revoke' ? await passwords.get(target, uuid) : null
    kit.render(ctx, 'confirm-revoke', {
      ...kit.userValues(ctx, user),
      address,
      item,
      formToken: kit.formToken(ctx, user, formAction(item ? `revoke ${uuid}` : 'revoke-all', target)),
    })
  }

  return async function koaWpConnectProfile(ctx) {
    const user = await kit.loggedIn(ctx)
    if (!user) return
    const query = parseForm(ctx.querystring)
    const visit = await visitBy(ctx, user, query)
    if (ctx.method === 'POST') {
      const announcement = await answerForm(visit)
      if (announcement) await show(visit, announcement)
    } else if (/^revoke(-all)?$/.test(query.get('action') ?? '')) {
      await confirm(visit, query)
    } else {
      await show(visit, { notice: NOTICES.get(query.get('notice') ?? '') })
    }
  }
}
