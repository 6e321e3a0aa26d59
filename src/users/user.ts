import type { Context } from 'koa'

/** A person of the host's site, as this package sees them. */
export interface User {
  /** The host's own id: 1 to 64 letters, digits, `_` and `-`. Kept as a string; a numeric one goes out as a number, as WordPress's do. */
  id: string | number
  /** What the person logs in with; goes out as WordPress's `username` and as `user_login`. */
  login: string
  email?: string
  /** Whether the host has checked that the address is the user's. Applications get it as `email_verified`; absent: no claim. */
  emailVerified?: boolean
  /** As shown to people; the login if absent. */
  name?: string
  /** WordPress's role names or the host's own. */
  roles?: readonly string[]
  /** What the user may do, by WordPress's names; goes out in `users/me?context=edit`. */
  capabilities?: Readonly<Record<string, boolean>>
  /** When the account was made; goes out in `users/me?context=edit`. */
  registered?: Date
}

/** One of the sites that a host serves, as an application can be let into it. */
export interface UserSite {
  /** The host's own id; goes out as `blog_id`. 1 to 64 letters, digits, `_` and `-`. */
  id: string | number
  url: string
  name: string
}

/** What is done to a user's application passwords, by WordPress's capability names. */
export type Action =
  | 'list_app_passwords'
  | 'create_app_password'
  | 'read_app_password'
  | 'edit_app_password'
  | 'delete_app_password'
  | 'delete_app_passwords'

/**
 * Who the users are and who is logged in: the one thing that a host writes, or `embeddedUsers()`.
 *
 * @example
 * const users: Users = {
 *   current: async ctx => ctx.session?.userId ? findUser(ctx.session.userId) : null,
 *   find: id => findUser(id),
 *   findByLogin: loginOrEmail => findUserByLogin(loginOrEmail),
 *   loginUrl: returnTo => `/login?next=${encodeURIComponent(returnTo)}`,
 * }
 */
export interface Users {
  /** The user who is logged in at the browser, by the host's own session. */
  current(ctx: Context): Promise<User | null>
  /** By id, as a string. It comes from an address too, and so may be anything. */
  find(id: string): Promise<User | null>
  /** By login or e-mail address, in any letter case. It may be anything too. */
  findByLogin(loginOrEmail: string): Promise<User | null>
  /**
   * Where a person logs in; they are to come back to `returnTo`, an absolute address of this site. It shows its form to who
   * is logged in as well: the consent page sends people there to be somebody else.
   */
  loginUrl(returnTo: string): string
  /** Where a person logs out; shown on the pages if given. */
  logoutUrl?(): string
  /** Whether `user` may do this to `target`. By default: to oneself, and an administrator to everybody. */
  can?(user: User, action: Action, target: User): boolean | Promise<boolean>
  /**
   * The sites that the user may let an application into by OAuth, for a host that has several. By default there is one: the
   * site itself.
   */
  sites?(user: User): readonly UserSite[] | Promise<readonly UserSite[]>
  /**
   * When whoever is logged in at the browser logged in; `null` if that is not known. With it, applications may ask for a log-in
   * that is not older than `max_age` seconds, and ID tokens say `auth_time`.
   */
  authenticatedAt?(ctx: Context): Date | null | Promise<Date | null>
  /**
   * Whether `user` may register applications at `/apps`: `true` for everyone's, `'own'` for those that they registered
   * themselves. By default: administrators, everyone's.
   */
  canManageClients?(user: User): boolean | 'own' | Promise<boolean | 'own'>
  /**
   * The user's picture, `https://…`, or null for none: applications get it. By default Gravatar's, whose address holds a hash of
   * the e-mail address.
   */
  avatarUrl?(user: User, size: number): string | null
  /** The user's page for everyone, `https://…`, or null for none: applications get it. By default `/author/LOGIN/`, as in WordPress. */
  profileUrl?(user: User): string | null
}

/** The user's name in addresses. */
export const slugOf = ({ login }: User): string => login.toLowerCase().replace(/[^a-z0-9]+/g, '-')

export const isSameUser = (a: User, b: User): boolean => String(a.id) === String(b.id)

export const isAdministrator = (user: User): boolean => user.roles?.includes('administrator') ?? false

/** Asks the host; without its word it is as WordPress maps its capabilities: one's own, and an administrator everybody's. */
export function mayDo(users: Users, user: User, action: Action, target: User): boolean | Promise<boolean> {
  if (users.can) return users.can(user, action, target)
  return isSameUser(user, target) || isAdministrator(user)
}

/** Asks the host who may register applications; without its word it is administrators. */
export function mayManageClients(users: Users, user: User): boolean | 'own' | Promise<boolean | 'own'> {
  return users.canManageClients?.(user) ?? isAdministrator(user)
}

/** An id as it goes out: a number where it is one, as WordPress's are. */
export function publicId(id: string | number): string | number {
  return /^[1-9]\d{0,14}$/.test(String(id)) ? Number(id) : String(id)
}

/** A host's mistake, not the caller's: what the columns and the REST addresses cannot hold. @returns the id as text */
export function checkUserId(id: string | number): string {
  const isId = (typeof id === 'string' || typeof id === 'number') && /^[\w-]{1,64}$/.test(String(id))
  if (!isId) throw new TypeError(`a user id has 1 to 64 letters, digits, _ and -; given: ${id}`)
  return String(id)
}
