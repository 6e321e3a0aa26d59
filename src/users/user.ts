import type { Context } from 'koa'

/** A user of the host's site, as this package sees them. */
export interface User {
  /**
   * Your own id: 1 to 64 letters, digits, `_` and `-`. It is stored as a string. A numeric id is sent as a number, as in
   * WordPress.
   */
  id: string | number
  /** The name that the person logs in with. Sent as WordPress's `username` and as `user_login`. */
  login: string
  email?: string
  /**
   * Whether you have verified that the address belongs to the user. Sent to applications as `email_verified`; if absent,
   * the claim is left out.
   */
  emailVerified?: boolean
  /** Display name. The login by default. */
  name?: string
  /** WordPress's role names or your own. */
  roles?: readonly string[]
  /** What the user may do, by WordPress's capability names. Sent in `users/me?context=edit`. */
  capabilities?: Readonly<Record<string, boolean>>
  /** When the account was created. Sent in `users/me?context=edit`. */
  registered?: Date
}

/** One of the sites that a host serves. Users can grant an application access to it. */
export interface UserSite {
  /** Your own id: 1 to 64 letters, digits, `_` and `-`. Sent as `blog_id`. */
  id: string | number
  url: string
  name: string
}

/** An action on a user's application passwords, by WordPress's capability names. */
export type Action =
  | 'list_app_passwords'
  | 'create_app_password'
  | 'read_app_password'
  | 'edit_app_password'
  | 'delete_app_password'
  | 'delete_app_passwords'

/**
 * Tells the package who the users are and who is logged in. You write this, or use `embeddedUsers()`.
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
  /** Returns the user who is logged in at the browser, by your own session. Null if none is. */
  current(ctx: Context): Promise<User | null>
  /**
   * Finds a user by id, as a string. The id may come from a URL, so expect any text. Returns null if there is no such user.
   */
  find(id: string): Promise<User | null>
  /** Finds a user by login or email address, in any letter case. Expect any text. Returns null if there is no such user. */
  findByLogin(loginOrEmail: string): Promise<User | null>
  /**
   * Returns the URL of your login page. After login it must redirect to `returnTo`, an absolute URL of this site. Must show
   * the form even to a logged-in user: the consent page links here to switch accounts.
   */
  loginUrl(returnTo: string): string
  /** Returns the URL where a person logs out. If defined, the pages show it. */
  logoutUrl?(): string
  /**
   * Whether `user` may do this to the application passwords of `target`. By default, users manage their own and
   * administrators everyone's.
   */
  can?(user: User, action: Action, target: User): boolean | Promise<boolean>
  /**
   * Returns the sites that the user may let an application into by OAuth, for a host with several. By default there is one:
   * the site itself.
   */
  sites?(user: User): readonly UserSite[] | Promise<readonly UserSite[]>
  /**
   * Returns when the user at the browser logged in; null if that is not known. If defined, applications may require a login
   * that is not older than `max_age` seconds, and ID tokens carry `auth_time`.
   */
  authenticatedAt?(ctx: Context): Date | null | Promise<Date | null>
  /**
   * Whether `user` may manage applications at `/apps`: `true` for all of them, `'own'` for those that they registered
   * themselves. By default, administrators manage all.
   */
  canManageClients?(user: User): boolean | 'own' | Promise<boolean | 'own'>
  /**
   * Returns the `https://…` URL of the user's picture, or null if there is none. It is sent to applications. By default
   * Gravatar's, whose URL contains a hash of the email address.
   */
  avatarUrl?(user: User, size: number): string | null
  /**
   * Returns the `https://…` URL of the user's public page, or null if there is none. It is sent to applications. By default
   * `/author/LOGIN/`, as in WordPress.
   */
  profileUrl?(user: User): string | null
  /**
   * Lists users, for the option `content`: clients offer a choice of authors. Callers who may list users (`list_users`) see
   * all of them; others see those who have published, without login and email address. Without this function, clients see
   * only themselves.
   *
   * A slug is the login in lower case, with `-` for everything but letters and digits.
   */
  list?(query: UsersQuery): Promise<{ items: readonly User[]; total: number }>
}

/** Which users a client asks for. Absent members do not matter. */
export interface UsersQuery {
  /** Only users with these ids. */
  ids?: readonly string[]
  exclude?: readonly string[]
  /** Part of a name, login or email address. */
  search?: string
  /** Only users with these names in URLs: see {@link Users.list}. */
  slugs?: readonly string[]
  /** Only users with one of these roles. */
  roles?: readonly string[]
  orderBy: 'id' | 'name' | 'registered_date' | 'slug' | 'email'
  order: 'asc' | 'desc'
  offset: number
  limit: number
}

/** The user's name in URLs. */
export const slugOf = ({ login }: User): string => login.toLowerCase().replace(/[^a-z0-9]+/g, '-')

export const isSameUser = (a: User, b: User): boolean => String(a.id) === String(b.id)

export const isAdministrator = (user: User): boolean => user.roles?.includes('administrator') ?? false

/**
 * Uses `users.can()` if defined. Otherwise, as in WordPress: users manage their own application passwords, administrators
 * everyone's.
 */
export function mayDo(users: Users, user: User, action: Action, target: User): boolean | Promise<boolean> {
  if (users.can) return users.can(user, action, target)
  return isSameUser(user, target) || isAdministrator(user)
}

/** Uses `users.canManageClients()` if defined. Otherwise administrators manage all applications. */
export function mayManageClients(
  users: Pick<Users, 'canManageClients'>,
  user: User,
): boolean | 'own' | Promise<boolean | 'own'> {
  return users.canManageClients?.(user) ?? isAdministrator(user)
}

/** The id as it is sent: a number if it is numeric, as in WordPress. */
export function publicId(id: string | number): string | number {
  return /^[1-9]\d{0,14}$/.test(String(id)) ? Number(id) : String(id)
}

/**
 * Throws a TypeError for an id that the columns and the REST URLs cannot hold: that is the host's mistake, not the
 * client's.
 *
 * @returns the id as text
 */
export function checkUserId(id: string | number): string {
  const isId = (typeof id === 'string' || typeof id === 'number') && /^[\w-]{1,64}$/.test(String(id))
  if (!isId) throw new TypeError(`a user id must have 1 to 64 letters, digits, _ and - (given: ${id})`)
  return String(id)
}
