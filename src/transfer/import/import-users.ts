import type { ApplicationPasswords } from '../../application-passwords/application-passwords-types.ts'
import type { PortableApplicationPassword } from '../../application-passwords/imports.ts'
import { isVerifiable } from '../../crypto/is-verifiable.ts'
import type { Accounts } from '../../embedded-users/accounts.ts'
import type { EmbeddedUser } from '../../embedded-users/rows.ts'
import { ConnectError } from '../../errors.ts'
import { isRole, ROLES, type Role } from '../../users/roles.ts'
import { withoutControls } from '../../values/controls.ts'
import { fold } from '../../values/fold.ts'
import { SkipUser, type TransferResult } from '../result.ts'
import { Problems } from './problems.ts'
import type { WordPressUser } from './wordpress-user.ts'

interface Site {
  accounts: Accounts
  applicationPasswords: ApplicationPasswords
}

/**
 * Imports the users of a WordPress into a site with embedded users. Existing users are left unchanged and get the
 * application passwords that they lack. So another run changes nothing.
 */
export async function* importUsers(
  { accounts, applicationPasswords }: Site,
  people: AsyncIterable<WordPressUser>,
  { dryRun }: { dryRun: boolean },
): AsyncGenerator<TransferResult> {
  // Of this run: if two users of the WordPress have the same value, the first one keeps it.
  const names = new Map<string, string>()
  const credentials = new Set<string>()

  /** Runs in order up to its first query, so that of two equal users the first one wins. */
  async function importUser(person: WordPressUser): Promise<TransferResult> {
    const problems = new Problems()
    const role = roleOf(person, problems)
    claimNames(person)
    const given = person.applicationPasswords.filter(one => isFirst(one, problems))
    const existing = await findSame(accounts, person, role)
    const user = existing ?? (await accounts.import(toAccount(person, role, problems), { dryRun }))
    const { imported, present, refused } = await applicationPasswords.import(user, given, { dryRun })
    await takeBackIfDeleted(user)
    for (const { name, reason } of refused) problems.add(notTaken(name, reason))
    return {
      login: person.login,
      outcome: existing ? 'existing' : 'transferred',
      transferred: imported,
      existing: present,
      problems: [...person.problems, ...problems.all()],
    }
  }

  /**
   * The user may have been deleted since they were found. A deletion from now on deletes what was imported.
   *
   * @param user null for a user who would be imported
   */
  async function takeBackIfDeleted(user: EmbeddedUser | null): Promise<void> {
    if (dryRun || !user || (await accounts.find(user.id))) return
    await applicationPasswords.revokeAll(user)
    throw new SkipUser('The user was deleted during the import.')
  }

  function claimNames({ id, login, email }: WordPressUser): void {
    for (const name of [login, email].map(fold)) {
      const holder = names.get(name) ?? id
      if (holder !== id) throw new SkipUser(`The WordPress user ${holder} has the same login or email address.`)
      names.set(name, id)
    }
  }

  function isFirst({ uuid, hash, name }: PortableApplicationPassword, problems: Problems): boolean {
    const isTaken = credentials.has(uuid) || credentials.has(hash)
    if (isTaken) problems.add(notTaken(name, 'another one has its UUID or its hash'))
    credentials.add(uuid).add(hash)
    return !isTaken
  }

  async function importOrRefuse(person: WordPressUser): Promise<TransferResult> {
    try {
      return await importUser(person)
    } catch (error) {
      const isSkipped = error instanceof SkipUser || (error instanceof ConnectError && error.kind !== 'outage')
      if (!isSkipped) throw error
      const problems = [`Skipped: ${error.message}`, ...person.problems]
      return { login: person.login || `ID ${person.id}`, outcome: 'skipped', transferred: 0, existing: 0, problems }
    }
  }

  for await (const some of together(people)) yield* await Promise.all(some.map(importOrRefuse))
}

/** As many users at once as share their queries well. */
const CONCURRENCY = 20

async function* together<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let some: T[] = []
  for await (const item of items) {
    some.push(item)
    if (some.length < CONCURRENCY) continue
    yield some
    some = []
  }
  yield some
}

const notTaken = (name: string, reason: string) => `Application password "${name}" is skipped: ${reason}.`

/** Returns the most powerful role that exists here. A role of a plugin becomes the least powerful one. */
function roleOf({ login, email, roles, isBarred }: WordPressUser, problems: Problems): Role {
  if (login === '') throw new SkipUser('The user has no login.')
  if (email === '') throw new SkipUser('The user has no email address. Add one in WordPress, and import again.')
  if (isBarred) throw new SkipUser('The user is marked as spam or as deleted in the network.')
  if (roles.length === 0) throw new SkipUser('The user has no role on this site.')
  const unknown = roles.filter(role => !isRole(role))
  const known = ROLES.find(role => roles.includes(role))
  if (unknown.length > 0) {
    problems.add(
      `The role ${unknown.join(', ')} does not exist here. The user is imported as ${known ?? 'subscriber'}.`,
    )
  }
  return known ?? 'subscriber'
}

/**
 * Returns the site's user with the same login and email address. It throws if that user may do more here than there:
 * otherwise a person who registers on the WordPress under an administrator's name would become that administrator.
 *
 * @throws SkipUser
 */
async function findSame(accounts: Accounts, person: WordPressUser, role: Role): Promise<EmbeddedUser | null> {
  const [byLogin, byEmail] = await Promise.all([accounts.findByLogin(person.login), accounts.findByLogin(person.email)])
  if (!byLogin && !byEmail) return null
  const found = byLogin ?? byEmail
  const isSame =
    byLogin !== null &&
    byLogin.id === byEmail?.id &&
    fold(byLogin.login) === fold(person.login) &&
    fold(byLogin.email) === fold(person.email)
  if (!isSame) {
    throw new SkipUser(
      `The site's user ${found?.id} has the same login or email address, but not both. If it is the same person, make both match.`,
    )
  }
  if (ROLES.indexOf(byLogin.roles[0]) < ROLES.indexOf(role)) {
    throw new SkipUser(
      `The site's user ${byLogin.id} has the same login and email address, but a higher role: ${byLogin.roles[0]} here, ${role} in WordPress.`,
    )
  }
  return byLogin
}

function toAccount(person: WordPressUser, role: Role, problems: Problems) {
  const { login, email, registered } = person
  const name = keptName(person.name) || login
  if (name !== person.name) problems.add('The display name in WordPress is not valid here and was changed.')
  const passwordHash = isVerifiable(person.passwordHash) ? person.passwordHash : null
  if (passwordHash === null) {
    problems.add(
      'The account password is skipped: its hash has no known form, or costs too much to check. Set a new one with user update.',
    )
  }
  return { login, email, name, role, registered, passwordHash }
}

/** Limits the name to 250 characters, and removes control characters and direction marks. */
const keptName = (name: string) => withoutControls(name).slice(0, 250).toWellFormed().trim()
