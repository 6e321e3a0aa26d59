import type { Context, Middleware } from 'koa'
import type { ApplicationPasswords, CreateWithUuid } from '../application-passwords/application-passwords.ts'
import type { Availability } from '../application-passwords/availability.ts'
import type { ProfileSection } from '../application-passwords/pages/profile-section.ts'
import {
  type Announcement,
  createProfileForm,
  formAction,
  type Visit,
} from '../application-passwords/pages/section-forms.ts'
import type { Permission } from '../application-passwords/permission.ts'
import type { CheckConnection } from '../doctor/check-connection.ts'
import { ConnectError } from '../errors.ts'
import type { Fields } from '../http/body.ts'
import { readQuery } from '../http/query.ts'
import { CONNECTED_APPS_PATH } from '../oauth/paths.ts'
import type { PageKit } from '../pages/kit.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import { isSameUser, mayDo, mayManageClients, type User, type Users } from '../users/user.ts'

/** What a redirect back to the page may announce, by the id of its message. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  ['revoked', 'passwords.revoked'],
  ['all-revoked', 'passwords.all-revoked'],
  ['renamed', 'passwords.renamed'],
])

interface Parts {
  kit: PageKit
  users: Users
  passwords: ApplicationPasswords
  createWithUuid: CreateWithUuid
  permission: Permission
  availability: Availability
  checkConnection: CheckConnection
  section: ProfileSection
  /** Where applications are registered; null without OAuth. The page leads there, and to the user's connected apps. */
  appsPath: string | null
}

/**
 * WordPress's `/wp-admin/profile.php`, and `user-edit.php?user_id=` for those who may manage others: the Application
 * Passwords section. Everything works by forms; the script saves reloads.
 */
export function profilePage(parts: Parts): Middleware {
  const { kit, users, passwords, section, appsPath } = parts
  const answerForm = createProfileForm(parts)

  async function visitBy(ctx: Context, user: User, query: Fields): Promise<Visit> {
    const id = query.get('user_id') ?? ''
    const isOwn = !ctx.path.endsWith('user-edit.php') || id === '' || id === String(user.id)
    const target = isOwn ? user : await users.find(id)
    if (!target) throw new ConnectError('rest_user_invalid_id')
    // Where there are none to be had the page says so; only who may not look is turned away.
    if (!(await mayDo(users, user, 'list_app_passwords', target))) throw new ConnectError('not_allowed')
    const path = isSameUser(user, target) ? PAGE_PATHS.profile : `${PAGE_PATHS.userEdit}?user_id=${target.id}`
    return { ctx, user, target, address: kit.path(path) }
  }

  async function show(visit: Visit, announcement: Announcement = {}): Promise<void> {
    const { ctx, user } = visit
    const values = {
      ...kit.userValues(ctx, user),
      ...(await section.values(visit, announcement)),
      connectedAppsUrl: appsPath === null ? null : kit.path(CONNECTED_APPS_PATH),
      appsUrl: appsPath !== null && (await mayManageClients(users, user)) ? kit.path(appsPath) : null,
    }
    const refused = announcement.error ?? announcement.connectionError
    if (refused) ctx.set(refused.headers)
    kit.render(ctx, 'profile', values, { status: refused?.status ?? 200 })
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
    const query = readQuery(ctx)
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
