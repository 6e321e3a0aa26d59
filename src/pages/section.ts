import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'
import type { Fields } from '../http/body.ts'
import type { User } from '../users/user.ts'

/** A user at a profile page that they may see. */
export interface ProfileVisit {
  ctx: Context
  /** Who is looking. */
  user: User
  /** Whose page it is. */
  target: User
  /** The page's own address within the site. */
  address: string
}

/** What a form did, for the page that follows. */
export interface Feedback {
  /** Values for the section's template, in place of those that `values()` returns. */
  values: object
  /** Why the form was refused: the page gets its status and headers. */
  error?: ConnectError
}

/** A part of the profile page that a feature hands in: values of its template, its forms, and its "Are you sure?". */
export interface Section {
  values(visit: ProfileVisit): Promise<object>
  /**
   * What to do for a form, by its field `action`. Each checks the form's token itself.
   *
   * @returns what to show the page with; null: the answer is on its way already
   * @throws ConnectError one of status 400 is shown on the page, as `error`
   */
  actions?: Readonly<Record<string, (visit: ProfileVisit, form: Fields) => Promise<Feedback | null>>>
  /** Pages that ask before something is done, by the query parameter `action`. For those without JavaScript. */
  confirmations?: Readonly<Record<string, (visit: ProfileVisit, query: Fields) => Promise<void>>>
}

/** What a form token of the page is for: one action on one user's page. */
export const formAction = (action: string, target: User): string => `${action} ${target.id}`
