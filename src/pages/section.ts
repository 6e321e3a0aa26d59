import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'
import type { Fields } from '../http/body.ts'
import type { User } from '../users/user.ts'

/** A user on a profile page that they may see. */
export interface ProfileVisit {
  ctx: Context
  /** The user who is looking at the page. */
  user: User
  /** The user whose page it is. */
  target: User
  /** The page's own URL within the site. */
  address: string
}

/** The result of a form, for the page that is shown next. */
export interface Feedback {
  /** Values for the section's template. They replace those that `values()` returns. */
  values: object
  /** Why the form was rejected. The page gets its status and headers. */
  error?: ConnectError
}

/** A part of the profile page that a feature provides: the values of its template, its forms and its confirmation pages. */
export interface Section {
  values(visit: ProfileVisit): Promise<object>
  /**
   * The handlers of forms, by the field `action`. Each checks the form's token itself.
   *
   * @returns what to show on the page; null if the response is complete already
   * @throws ConnectError an error with status 400 is shown on the page, as `error`
   */
  actions?: Readonly<Record<string, (visit: ProfileVisit, form: Fields) => Promise<Feedback | null>>>
  /** Confirmation pages by the query parameter `action`, for people without JavaScript. */
  confirmations?: Readonly<Record<string, (visit: ProfileVisit, query: Fields) => Promise<void>>>
}

/** What a form token of the page is bound to: one action on one user's page. */
export const formAction = (action: string, target: User): string => `${action} ${target.id}`
