import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { REST_NONCE } from '../../authentication/authentication.ts'
import { isBasic } from '../../authentication/basic.ts'
import { ConnectError } from '../../errors.ts'
import type { PageKit } from '../../pages/kit.ts'
import { PAGE_PATHS } from '../../pages/paths.ts'
import { REST_PREFIX, restUrl } from '../../rest/url.ts'
import { type Action, isSameUser, mayDo, publicId, type User, type Users } from '../../users/user.ts'
import type { ApplicationPasswords } from '../application-passwords.ts'
import type { Availability } from '../availability.ts'
import { connectionDetails } from './new-password.ts'
import { type Announcement, formAction, type Visit } from './section-forms.ts'

export type ProfileSection = ReturnType<typeof createProfileSection>

interface Parts {
  kit: PageKit
  users: Users
  passwords: ApplicationPasswords
  availability: Availability
}

/** The Application Passwords section, on the profile page and on a page of the host's. */
export function createProfileSection({ kit, users, passwords, availability }: Parts) {
  /** What `user` may do here; what they may not is not shown. Each is asked once. */
  async function permitted(user: User, target: User) {
    const may = (action: Action) => mayShow(users, user, action, target)
    const [create, rename, revoke, revokeAll] = await Promise.all([
      may('create_app_password'),
      may('edit_app_password'),
      may('delete_app_password'),
      may('delete_app_passwords'),
    ])
    return { create, rename, revoke, revokeAll }
  }

  /** What its template shows. */
  async function values({ ctx, user, target, address }: Visit, announcement: Announcement = {}) {
    const { notice, shown, error, connection, connectionError } = announcement
    const unavailable = (await availability.refusal(ctx.secure)) ?? (await availability.refusalFor(target))
    const isSelf = isSameUser(user, target)
    const may = await permitted(user, target)
    const token = (action: string) => kit.formToken(ctx, user, formAction(action, target))
    return {
      target,
      isSelf,
      address,
      unavailable,
      isBehindBasic: isBasic(ctx.get('Authorization')),
      may,
      applicationPasswords: unavailable ? [] : (await passwords.list(target)).reverse(),
      notice: notice ?? null,
      shown: shown ?? null,
      details: connectionDetails(kit, target),
      error: error ?? null,
      createToken: token('create'),
      once: randomUUID(),
      forms: {
        address,
        confirmAddress: kit.path(isSelf ? PAGE_PATHS.profile : PAGE_PATHS.userEdit),
        userId: isSelf ? null : target.id,
        renameToken: token('rename'),
        mayRename: may.rename,
        mayRevoke: may.revoke,
      },
      connection: connection ? { ...connection, probe: kit.path(connection.probe) } : null,
      connectionError: connectionError ?? null,
      connectionToken: token('check-connection'),
      rest: {
        root: restUrl(kit.site),
        collection: kit.path(`${REST_PREFIX}/wp/v2/users/${publicId(target.id)}/application-passwords`),
        nonce: kit.formToken(ctx, user, REST_NONCE),
        nonceEndpoint: kit.path(`${PAGE_PATHS.ajax}?action=rest-nonce`),
      },
    }
  }

  return {
    values,
    /**
     * The section alone, with its stylesheets and its script, for the user at the browser.
     *
     * @throws ConnectError `rest_not_logged_in` for nobody, `not_allowed`
     */
    async render(ctx: Context): Promise<string> {
      const user = await users.current(ctx)
      if (!user) throw new ConnectError('rest_not_logged_in')
      if (!(await mayDo(users, user, 'list_app_passwords', user))) throw new ConnectError('not_allowed')
      const visit = { ctx, user, target: user, address: kit.path(PAGE_PATHS.profile) }
      return kit.renderPart(ctx, 'embedded-section', await values(visit))
    },
  }
}

/** A host that refuses by an error of its own words says no as well; they are for whoever tries. */
async function mayShow(users: Users, user: User, action: Action, target: User): Promise<boolean> {
  try {
    return await mayDo(users, user, action, target)
  } catch (error) {
    if (error instanceof ConnectError && error.status === 403) return false
    throw error
  }
}
