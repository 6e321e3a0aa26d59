import type { Context, Middleware } from 'koa'
import { REST_NONCE } from '../authentication/authentication.ts'
import { ConnectError } from '../errors.ts'
import type { Fields } from '../pages/body.ts'
import { parseForm } from '../pages/body.ts'
import type { PageKit } from '../pages/kit.ts'
import { type Action, isSameUser, mayDo, publicId, type User, type Users } from '../users/user.ts'
import type { ApplicationPasswords } from './application-passwords.ts'
import type { Availability } from './availability.ts'
import { chunkPassword } from './password.ts'

/** What a redirect back to the page may announce. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  ['revoked', 'Application password revoked.'],
  ['all-revoked', 'All application passwords revoked.'],
  ['renamed', 'Application password renamed.'],
])

/** A password just made, to be shown this once. */
interface Shown {
  uuid: string
  name: string
  password: string
}

/**
 * WordPress's `/wp-admin/profile.php`, and `user-edit.php?user_id=` for those who may manage others: the Application
 * Passwords section. Everything works by forms; the script saves reloads.
 */
export function profilePage(
  kit: PageKit,
  passwords: ApplicationPasswords,
  availability: Availability,
  users: Users,
): Middleware {
  async function mustBeAllowed(user: User, action: Action, target: User): Promise<void> {
    if (!(await mayDo(users, user, action, target))) throw new ConnectError('not_allowed')
  }

  /** The page's own address, for whoever is looking at whom. */
  const addressOf = (user: User, target: User) =>
    isSameUser(user, target)
      ? kit.path('/wp-admin/profile.php')
      : kit.path(`/wp-admin/user-edit.php?user_id=${target.id}`)

  const with_ = (address: string, query: string) => `${address}${address.includes('?') ? '&' : '?'}${query}`
  const actionOn = (action: string, target: User) => `${action} ${target.id}`

  async function targetOf(ctx: Context, user: User, query: Fields): Promise<User> {
    if (!ctx.path.endsWith('user-edit.php')) return user
    const id = query.get('user_id') ?? String(user.id)
    const target = id === String(user.id) ? user : await users.find(id)
    if (!target) throw new ConnectError('rest_user_invalid_id')
    return target
  }

  async function unavailableBecause(ctx: Context, target: User): Promise<string | null> {
    try {
      await availability.check(ctx)
      await availability.checkFor(target)
      return null
    } catch (error) {
      if (error instanceof ConnectError && error.status === 501) return error.message
      throw error
    }
  }

  async function show(
    ctx: Context,
    user: User,
    target: User,
    now: { notice?: string | undefined; shown?: Shown; error?: ConnectError } = {},
  ): Promise<void> {
    const unavailable = await unavailableBecause(ctx, target)
    const address = addressOf(user, target)
    const values = {
      ...kit.userValues(ctx, user),
      target,
      isSelf: isSameUser(user, target),
      address,
      unavailable,
      applicationPasswords: unavailable ? [] : (await passwords.list(target)).reverse(),
      notice: now.notice ?? null,
      shown: now.shown ?? null,
      error: now.error ?? null,
      createToken: kit.formToken(ctx, user, actionOn('create', target)),
      renameToken: kit.formToken(ctx, user, actionOn('rename', target)),
      rest: {
        root: kit.path('/wp-json/'),
        collection: kit.path(`/wp-json/wp/v2/users/${publicId(target.id)}/application-passwords`),
        nonce: kit.formToken(ctx, user, REST_NONCE),
        nonceEndpoint: kit.path('/wp-admin/admin-ajax.php?action=rest-nonce'),
      },
    }
    kit.render(ctx, 'profile', values, { status: now.error?.status ?? 200 })
  }

  /** "Are you sure?", for those without JavaScript. */
  async function confirm(ctx: Context, user: User, target: User, query: Fields): Promise<void> {
    const address = addressOf(user, target)
    const uuid = query.get('uuid') ?? ''
    const item = query.get('action') === 'revoke' ? await passwords.get(target, uuid) : null
    kit.render(ctx, 'confirm-revoke', {
      ...kit.userValues(ctx, user),
      address,
      item,
      formToken: kit.formToken(ctx, user, actionOn(item ? `revoke ${uuid}` : 'revoke-all', target)),
    })
  }

  async function act(ctx: Context, user: User, target: User): Promise<void> {
    const form = await kit.form(ctx)
    const uuid = form.get('uuid') ?? ''
    const name = form.get('new_application_password_name') ?? form.get('name') ?? ''
    const back = (notice: string) => kit.redirect(ctx, with_(addressOf(user, target), `notice=${notice}`), 303)
    const allow = async (action: Action, token: string) => {
      kit.checkFormToken(ctx, user, actionOn(token, target), form)
      await mustBeAllowed(user, action, target)
      await availability.check(ctx)
      await availability.checkFor(target)
    }
    switch (form.get('action')) {
      case 'create': {
        await allow('create_app_password', 'create')
        const { applicationPassword: made, password } = await passwords.create(target, name)
        const shown = { uuid: made.uuid, name: made.name, password: chunkPassword(password) }
        return show(ctx, user, target, { shown })
      }
      case 'rename':
        await allow('edit_app_password', 'rename')
        await passwords.rename(target, uuid, name)
        return back('renamed')
      case 'revoke':
        await allow('delete_app_password', `revoke ${uuid}`)
        await passwords.revoke(target, uuid)
        return back('revoked')
      case 'revoke-all':
        await allow('delete_app_password', 'revoke-all')
        await passwords.revokeAll(target)
        return back('all-revoked')
      default:
        throw new ConnectError('not_found')
    }
  }

  return async function koaWpConnectProfile(ctx) {
    const user = await kit.loggedIn(ctx)
    if (!user) return
    const query = parseForm(ctx.querystring)
    const target = await targetOf(ctx, user, query)
    await mustBeAllowed(user, 'list_app_passwords', target)
    if (ctx.method !== 'POST') {
      if (/^revoke(-all)?$/.test(query.get('action') ?? '')) return confirm(ctx, user, target, query)
      return show(ctx, user, target, { notice: NOTICES.get(query.get('notice') ?? '') })
    }
    try {
      await act(ctx, user, target)
    } catch (error) {
      // What the form itself can put right is said on the page.
      if (!(error instanceof ConnectError) || error.status !== 400) throw error
      await show(ctx, user, target, { error })
    }
  }
}
