import type { Context, Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import type { Fields } from '../http/body.ts'
import { readQuery } from '../http/query.ts'
import type { PageKit } from '../pages/kit.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import type { Feedback, ProfileVisit, Section } from '../pages/section.ts'
import { isSameUser, mayDo, type User, type Users } from '../users/user.ts'

export interface Profile {
  /** WordPress's `/wp-admin/profile.php`, and `user-edit.php?user_id=` for users who may manage others. */
  page: Middleware
  /**
   * Returns only the sections, with their stylesheets and script, for the user at the browser.
   *
   * @throws ConnectError `rest_not_logged_in` if no user is logged in, `not_allowed`
   */
  renderSection(ctx: Context): Promise<string>
}

interface ProfileParts {
  kit: PageKit
  users: Users
  /** The sections of the site's features; their values share one template. */
  sections: readonly Section[]
}

/** Matches the letter cases and the final slash that the router accepts too. */
const USER_EDIT = /\/user-edit\.php\/?$/i

/** The profile page. Everything works with forms; the script saves reloads. */
export function createProfile({ kit, users, sections }: ProfileParts): Profile {
  async function visitBy(ctx: Context, user: User, query: Fields): Promise<ProfileVisit> {
    const id = query.get('user_id') ?? ''
    const isOwn = !USER_EDIT.test(ctx.path) || id === '' || id === String(user.id)
    const target = isOwn ? user : await users.find(id)
    if (!target) throw new ConnectError('rest_user_invalid_id')
    // A page without available application passwords says so; only a user who may not see them is rejected.
    if (!(await mayDo(users, user, 'list_app_passwords', target))) throw new ConnectError('not_allowed')
    const path = isSameUser(user, target) ? PAGE_PATHS.profile : `${PAGE_PATHS.userEdit}?user_id=${target.id}`
    return { ctx, user, target, address: kit.path(path) }
  }

  async function valuesOf(visit: ProfileVisit): Promise<object> {
    const { user, target, address } = visit
    const ofSections = await Promise.all(sections.map(section => section.values(visit)))
    return Object.assign({ target, isSelf: isSameUser(user, target), address }, ...ofSections)
  }

  async function show(visit: ProfileVisit, { values, error }: Feedback = { values: {} }): Promise<void> {
    const { ctx, user } = visit
    if (error) ctx.set(error.headers)
    const all = { ...kit.userValues(ctx, user), ...(await valuesOf(visit)), ...values }
    kit.render(ctx, 'profile', all, { status: error?.status ?? 200 })
  }

  /** @returns what to show on the page, or null if the response is complete already */
  async function answerForm(visit: ProfileVisit): Promise<Feedback | null> {
    const form = await kit.form(visit.ctx)
    const act = ownOf(sections, 'actions', form.get('action'))
    if (!act) throw new ConnectError('not_found')
    try {
      return await act(visit, form)
    } catch (error) {
      // An error that the user can fix in the form is shown on the page.
      if (error instanceof ConnectError && error.kind === 'input') return { error, values: { error } }
      throw error
    }
  }

  return {
    async page(ctx) {
      const user = await kit.requireUser(ctx)
      if (!user) return
      const query = readQuery(ctx)
      const visit = await visitBy(ctx, user, query)
      if (ctx.method === 'POST') {
        const feedback = await answerForm(visit)
        if (feedback) await show(visit, feedback)
        return
      }
      const confirm = ownOf(sections, 'confirmations', query.get('action'))
      await (confirm ? confirm(visit, query) : show(visit))
    },

    async renderSection(ctx) {
      const user = await users.current(ctx)
      if (!user) throw new ConnectError('rest_not_logged_in')
      if (!(await mayDo(users, user, 'list_app_passwords', user))) throw new ConnectError('not_allowed')
      const visit = { ctx, user, target: user, address: kit.path(PAGE_PATHS.profile) }
      return kit.renderPart(ctx, 'embedded-section', await valuesOf(visit))
    },
  }
}

/** Returns the handler of the section that has this action. */
function ownOf<Kind extends 'actions' | 'confirmations'>(
  sections: readonly Section[],
  kind: Kind,
  action = '',
): NonNullable<Section[Kind]>[string] | undefined {
  const found = sections.find(section => Object.hasOwn(section[kind] ?? {}, action))
  return found?.[kind]?.[action] as NonNullable<Section[Kind]>[string] | undefined
}
