import type { User, UserSite, Users } from './user.ts'

/**
 * Thrown if a host's `users` returned a value that cannot be used. It is a mistake of the host; Koa reports it like any
 * other error.
 */
class UsersError extends TypeError {
  override readonly name = 'UsersError'
  readonly code = 'invalid_users'
}

type Rule = readonly [expected: string, isRight: (value: unknown) => boolean]

const isId = (value: unknown) => (typeof value === 'string' ? /^[\w-]{1,64}$/.test(value) : Number.isSafeInteger(value))
const isText = (value: unknown) => typeof value === 'string'
const isFilledText = (value: unknown) => isText(value) && value !== ''
const isBoolean = (value: unknown) => typeof value === 'boolean'
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isAddress = (value: unknown) => isText(value) && /^https?:$/.test(URL.parse(value as string)?.protocol ?? '')

const ID: Rule = ['1 to 64 letters, digits, _ and -, or a whole number', isId]
const ANSWER: Rule = ['true or false', isBoolean]
const PATH: Rule = ['a URL or path', isFilledText]
const ADDRESS: Rule = ['an https:// or http:// URL, or null', value => value == null || isAddress(value)]
const CLIENTS: Rule = ['true, false or "own"', value => isBoolean(value) || value === 'own']
const DATE: Rule = ['a valid Date', value => value instanceof Date && !Number.isNaN(value.getTime())]

/** An optional member that is null counts as missing, because databases return null. */
const optional = ([expected, isRight]: Rule): Rule => [expected, value => value == null || isRight(value)]

const USER: Readonly<Record<keyof User, Rule>> = {
  id: ID,
  login: ['a string that is not empty', isFilledText],
  email: optional(['a string', isText]),
  emailVerified: optional(['true or false', isBoolean]),
  name: optional(['a string', isText]),
  roles: optional(['an array of strings', value => Array.isArray(value) && value.every(isText)]),
  capabilities: optional([
    'an object whose values are true or false',
    value => isObject(value) && Object.values(value as object).every(isBoolean),
  ]),
  registered: optional(DATE),
}

const SITE: Readonly<Record<keyof UserSite, Rule>> = {
  id: ID,
  url: ['an https:// or http:// URL', isAddress],
  name: ['a string', isText],
}

/** Returns only the kind of a value: the value itself may be personal data, and the message goes into logs. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value === '') return 'an empty string'
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : `the number ${value}`
  if (typeof (value as { then?: unknown }).then === 'function') return 'a promise; await it'
  if (value instanceof Date) return 'an invalid Date'
  if (Array.isArray(value)) return 'an array'
  return /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`
}

/** @param what the function that returned the value, such as `users.find()` */
function check(what: string, [expected, isRight]: Rule, value: unknown): void {
  if (!isRight(value)) throw new UsersError(`${what}: expected ${expected} (given: ${kindOf(value)})`)
}

function checkMembers(what: string, rules: Readonly<Record<string, Rule>>, value: unknown): void {
  if (!isObject(value)) throw new UsersError(`${what}: expected an object (given: ${kindOf(value)})`)
  for (const [member, rule] of Object.entries(rules))
    check(`${what}: ${member}`, rule, (value as Record<string, unknown>)[member])
}

/** @returns the user, or null if there is none; some databases return undefined for that */
function checkUser(what: string, user: User | null | undefined): User | null {
  if (user === null || user === undefined) return null
  checkMembers(what, USER, user)
  return user
}

/**
 * Wraps the host's users and checks every value that they return. A value that cannot be used throws an error that names
 * the function and the member, instead of causing damage later.
 *
 * @param isJoined whether the users are joined to a credential's SELECT: then `find` and `findByLogin` are not wrapped
 */
export function checkedUsers(users: Users, isJoined = false): Users {
  // Use the users as the prototype, so that the extra members of embedded users stay.
  const checked: Users = Object.assign(Object.create(users) as Users, {
    current: async ctx => checkUser('users.current()', await users.current(ctx)),
    loginUrl: returnTo => checking('users.loginUrl()', PATH, users.loginUrl(returnTo)),
  } satisfies Partial<Users>)
  if (!isJoined) {
    checked.find = async id => checkUser('users.find()', await users.find(id))
    checked.findByLogin = async login => checkUser('users.findByLogin()', await users.findByLogin(login))
  }
  if (users.logoutUrl) checked.logoutUrl = () => checking('users.logoutUrl()', PATH, users.logoutUrl?.() as string)
  if (users.can) {
    checked.can = async (user, action, target) =>
      checking('users.can()', ANSWER, (await users.can?.(user, action, target)) as boolean)
  }
  if (users.canManageClients) {
    checked.canManageClients = async user =>
      checking('users.canManageClients()', CLIENTS, (await users.canManageClients?.(user)) as boolean)
  }
  if (users.sites) checked.sites = async user => checkSites(await users.sites?.(user))
  if (users.authenticatedAt) {
    checked.authenticatedAt = async ctx =>
      checking('users.authenticatedAt()', optional(DATE), (await users.authenticatedAt?.(ctx)) ?? null)
  }
  if (users.avatarUrl) {
    checked.avatarUrl = (user, size) => checking('users.avatarUrl()', ADDRESS, users.avatarUrl?.(user, size) ?? null)
  }
  if (users.profileUrl) {
    checked.profileUrl = user => checking('users.profileUrl()', ADDRESS, users.profileUrl?.(user) ?? null)
  }
  if (users.list) checked.list = async query => checkList((await users.list?.(query)) ?? null)
  return checked
}

function checkList(found: Awaited<ReturnType<NonNullable<Users['list']>>> | null) {
  const members: Readonly<Record<string, Rule>> = {
    items: ['an array', Array.isArray],
    total: ['a whole number', value => Number.isSafeInteger(value) && (value as number) >= 0],
  }
  checkMembers('users.list()', members, found)
  for (const user of found?.items ?? []) checkUser('users.list()', user)
  return found ?? { items: [], total: 0 }
}

function checking<T>(what: string, rule: Rule, value: T): T {
  check(what, rule, value)
  return value
}

function checkSites(sites: readonly UserSite[] | undefined): readonly UserSite[] {
  if (!Array.isArray(sites)) throw new UsersError(`users.sites(): expected an array (given: ${kindOf(sites)})`)
  for (const site of sites) checkMembers('users.sites()', SITE, site)
  return sites
}
