import { randomUUID } from 'node:crypto'
import { isBasic } from '../../authentication/basic.ts'
import { REST_NONCE } from '../../csrf/nonces.ts'
import { ConnectError } from '../../errors.ts'
import type { Fields } from '../../http/body.ts'
import { readQuery } from '../../http/query.ts'
import type { PageKit } from '../../pages/kit.ts'
import { PAGE_PATHS } from '../../pages/paths.ts'
import { formAction, type ProfileVisit, type Section } from '../../pages/section.ts'
import { REST_PREFIX, restUrl } from '../../rest/url.ts'
import { type Action, isSameUser, mayDo, publicId, type User, type Users } from '../../users/user.ts'
import type { ApplicationPasswords } from '../application-passwords-types.ts'
import type { Availability } from '../availability.ts'
import type { CreateWithUuid } from '../create.ts'
import type { Permission } from '../permission.ts'
import { connectionDetails } from './new-password.ts'
import { numbered } from './numbered.ts'
import { noticeOf, sectionForms } from './section-forms.ts'

interface ProfileSectionParts {
  kit: PageKit
  users: Users
  passwords: ApplicationPasswords
  createWithUuid: CreateWithUuid
  permission: Permission
  availability: Availability
}

/** The Application Passwords section of the profile page. */
export function applicationPasswordsSection(parts: ProfileSectionParts): Section {
  const { kit, users, passwords, availability } = parts

  /** Returns what `user` may do here; the page hides the rest. Each action is asked once. */
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

  async function values({ ctx, user, target, address }: ProfileVisit): Promise<object> {
    const unavailable =
      (await availability.unavailableReason(ctx.secure)) ?? (await availability.unavailableReasonFor(target))
    const isSelf = isSameUser(user, target)
    const may = await permitted(user, target)
    const token = (action: string) => kit.formToken(ctx, user, formAction(action, target))
    return {
      unavailable,
      isBehindBasic: isBasic(ctx.get('Authorization')),
      may,
      applicationPasswords: unavailable ? [] : numbered(await passwords.list(target)).reverse(),
      notice: ctx.method === 'POST' ? null : noticeOf(readQuery(ctx)),
      shown: null,
      details: connectionDetails(kit, target),
      error: null,
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
      rest: {
        root: restUrl(kit.site),
        collection: kit.path(`${REST_PREFIX}/wp/v2/users/${publicId(target.id)}/application-passwords`),
        nonce: kit.formToken(ctx, user, REST_NONCE),
        nonceEndpoint: kit.path(`${PAGE_PATHS.ajax}?action=rest-nonce`),
      },
    }
  }

  /** The confirmation page for people without JavaScript. */
  async function confirm({ ctx, user, target, address }: ProfileVisit, query: Fields): Promise<void> {
    const uuid = query.get('uuid') ?? ''
    const item = query.get('action') === 'revoke' ? await passwords.get(target, uuid) : null
    const number = item ? numbered(await passwords.list(target)).find(each => each.uuid === uuid)?.number : 1
    kit.render(ctx, 'confirm-revoke', {
      ...kit.userValues(ctx, user),
      address,
      item,
      number: number ?? 1,
      formToken: kit.formToken(ctx, user, formAction(item ? `revoke ${uuid}` : 'revoke-all', target)),
    })
  }

  return { values, actions: sectionForms(parts), confirmations: { revoke: confirm, 'revoke-all': confirm } }
}

/** Whether to show an action. A 403 error of the host also means no; its message is shown only to a user who tries. */
async function mayShow(users: Users, user: User, action: Action, target: User): Promise<boolean> {
  try {
    return await mayDo(users, user, action, target)
  } catch (error) {
    if (error instanceof ConnectError && error.kind === 'permission') return false
    throw error
  }
}
