import type { Knex } from 'knex'
import type { ApplicationPasswords } from '../../application-passwords/application-passwords.ts'
import type { PortableAccount } from '../../users/embedded/account-details.ts'
import type { Accounts } from '../../users/embedded/accounts.ts'
import { isRole, ROLES } from '../../users/embedded/roles.ts'
import { fold } from '../../users/fold.ts'
import { readRoles } from '../capabilities.ts'
import { type MovedUser, Refusal } from '../moved-user.ts'
import { phpSerialize } from '../php-serialize.ts'
import { PhpSerializedError } from '../php-value.ts'
import { addApplicationPasswords, uuidsOf } from './application-password-meta.ts'
import { createWordPressRows, type FoundUser, type WordPressRows } from './wordpress-rows.ts'

interface Site {
  accounts: Accounts
  applicationPasswords: ApplicationPasswords
}

/**
 * Writes a site's embedded users, with their application passwords, into the database of a WordPress 6.8 or later. A user
 * who is there already is left as they are, and gets what application passwords they have not yet.
 */
export async function* exportUsers(
  { accounts, applicationPasswords }: Site,
  wordpress: { knex: Knex; prefix: string },
  { dryRun }: { dryRun: boolean },
): AsyncGenerator<MovedUser> {
  const rows = createWordPressRows(wordpress.knex, wordpress.prefix)
  await rows.check()
  if (!dryRun) await rows.useApplicationPasswords()

  async function exportUser(account: PortableAccount & { id: string }): Promise<MovedUser> {
    const existing = await findSame(rows, account)
    const uuids = uuidsOf(existing ? await rows.applicationPasswords(existing.id) : '')
    const all = await applicationPasswords.export(account)
    const added = all.filter(({ uuid }) => !uuids.has(uuid))
    if (!dryRun) {
      const id = existing?.id ?? (await insert(rows, account))
      if (added.length > 0) {
        await rows.changeApplicationPasswords(id, serialised => addApplicationPasswords(serialised, added))
      }
    }
    return {
      login: account.login,
      outcome: existing ? 'present' : 'moved',
      moved: added.length,
      present: all.length - added.length,
      problems: [],
    }
  }

  for (const account of await accounts.export()) {
    try {
      yield await exportUser(account)
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof PhpSerializedError)) throw error
      const reason = error instanceof Refusal ? error.message : `What WordPress has cannot be read: ${error.message}.`
      yield { login: account.login, outcome: 'refused', moved: 0, present: 0, problems: [`Not taken: ${reason}`] }
    }
  }
}

/**
 * Who is the same by login and e-mail address. Not if they may do more there than here: an application password must not
 * open more than it did.
 */
async function findSame(rows: WordPressRows, { login, email, role }: PortableAccount): Promise<FoundUser | null> {
  const found = await rows.find(login, email)
  const [same] = found
  if (!same) return null
  if (found.length > 1 || fold(same.login) !== fold(login) || fold(same.email) !== fold(email)) {
    throw new Refusal(
      `The WordPress user ${same.id} has the same login or e-mail address, but not both. If it is the same person, make both alike.`,
    )
  }
  const capabilities = (await rows.capabilities(same.id)).trim()
  const more = mayMore(role, capabilities === '' ? [] : readRoles(capabilities))
  if (more) {
    throw new Refusal(`The WordPress user ${same.id} is the same, but has a mightier role: ${more}, here ${role}.`)
  }
  if ((await rows.superAdmins()).some(login => fold(login) === fold(same.login))) {
    throw new Refusal(`The WordPress user ${same.id} is the same, but is a super admin of the network there.`)
  }
  return same
}

/** Which of a WordPress user's roles opens more than `role` does; what a plugin's own opens cannot be known. */
function mayMore(role: string, theirs: readonly string[]): string | undefined {
  const here = isRole(role) ? ROLES.indexOf(role) : -1
  return here === 0 ? undefined : theirs.find(each => !isRole(each) || ROLES.indexOf(each) < here)
}

/** The number that plugins of old read in place of a role. */
const LEVELS: Record<string, number> = { administrator: 10, editor: 7, author: 2, contributor: 1, subscriber: 0 }

const insert = (rows: WordPressRows, { login, email, name, role, registered, passwordHash }: PortableAccount) =>
  rows.insertUser(
    {
      user_login: login,
      user_pass: passwordHash ?? '*',
      user_email: email,
      user_registered: registered.toISOString().slice(0, 19).replace('T', ' '),
      display_name: name,
    },
    phpSerialize(new Map([[role, true]])),
    LEVELS[role] ?? 0,
  )
