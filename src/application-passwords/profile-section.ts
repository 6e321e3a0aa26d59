import type { Context } from 'koa'
import { REST_NONCE } from '../authentication/authentication.ts'
import { isBasic } from '../authentication/basic.ts'
import { ConnectError } from '../errors.ts'
import type { PageKit } from '../pages/kit.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import { isSameUser, mayDo, publicId, type Users } from '../users/user.ts'
import { REST_PREFIX, restUrl } from '../wordpress/rest-url.ts'
import type { ApplicationPasswords } from './application-passwords.ts'
import type { Availability } from './availability.ts'
import { type Announcement, formAction, type Visit } from './profile-form.ts'

export type ProfileSection = ReturnType<typeof createProfileSection>

interface Parts {
  kit: PageKit
  users: Users
  passwords: ApplicationPasswords
  availability: Availability
}

/** The Application Passwords section, on the profile page and on a page of the host's. */
export function createProfileSection({ kit, users, passwords, availability }: Parts) {
  /** What its template shows. */
  async function values({ ctx, user, target, address }: Visit, announcement: Announcement = {}) {
    const { notice, shown, error, connection, connectionError } = announcement
    const unavailable = (await availability.refusal(ctx.secure)) ?? (await availability.refusalFor(target))
    const isSelf = isSameUser(user, target)
    const token = (action: string) => kit.formToken(ctx, user, formAction(action, target))
    return {
      target,
      isSelf,
      address,
      unavailable,
      isBehindBasic: isBasic(ctx.get('Authorization')),
      applicationPasswords: unavailable ? [] : (await passwords.list(target)).reverse(),
      notice: notice ?? null,
      shown: shown ?? null,
      error: error ?? null,
      createToken: token('create'),
      forms: {
        address,
        confirmAddress: kit.path(isSelf ? PAGE_PATHS.profile : PAGE_PATHS.userEdit),
        userId: isSelf ? null : target.id,
        renameToken: token('rename'),
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
