import type { Knex } from 'knex'
import type { ApplicationPasswords } from '../../application-passwords/application-passwords-types.ts'
import type { PortableApplicationPassword } from '../../application-passwords/imports.ts'
import { createDatabase } from '../../database/database.ts'
import type { PortableAccount } from '../../embedded-users/account-details.ts'
import type { Accounts } from '../../embedded-users/accounts.ts'
import { isRole, ROLES } from '../../users/roles.ts'
import { fold } from '../../values/fold.ts'
import { phpSerialize } from '../php/serialize.ts'
import { phpUnserialize } from '../php/unserialize.ts'
import { PhpSerializedError } from '../php/value.ts'
import { readRoles } from '../read-roles.ts'
import { SkipUser, type TransferResult } from '../result.ts'
import { addApplicationPasswords, uuidsOf } from './application-password-meta.ts'
import { strictTransaction } from './strict-transaction.ts'
import { createWordPressRows, type FoundUser, type NewUser, type WordPressRows } from './wordpress-rows.ts'
import { findTables, useApplicationPasswords } from './wordpress-tables.ts'

interface Site {
  accounts: Accounts
  applicationPasswords: ApplicationPasswords
}

/**
 * Writes a site's embedded users and their application passwords into the database of a WordPress 6.8 or later. Existing
 * users are left unchanged and get the application passwords that they lack.
 */
export async function* exportUsers(
  { accounts, applicationPasswords }: Site,
  wordpress: { knex: Knex; prefix: string },
  { dryRun }: { dryRun: boolean },
): AsyncGenerator<TransferResult> {
  const database = createDatabase(wordpress.knex, wordpress.prefix)
  const tables = await findTables(database)
  if (!dryRun) await useApplicationPasswords(database, tables)

  async function exportUser(
    rows: WordPressRows,
    account: PortableAccount,
    all: readonly PortableApplicationPassword[],
  ): Promise<TransferResult> {
    const existing = await findSame(rows, account)
    const serialised = existing ? await rows.applicationPasswords(existing.id) : ''
    const uuids = uuidsOf(serialised)
    const added = all.filter(({ uuid }) => !uuids.has(uuid))
    // Before anything is written: not every engine can roll back.
    if (!existing) rows.checkUser(toRow(account))
    if (added.length > 0) await rows.checkApplicationPasswords(addApplicationPasswords(serialised, added))
    if (!dryRun) {
      const id = existing?.id ?? (await insert(rows, account))
      if (added.length > 0) {
        await rows.changeApplicationPasswords(id, current => addApplicationPasswords(current, added))
      }
    }
    return {
      login: account.login,
      outcome: existing ? 'existing' : 'transferred',
      transferred: added.length,
      existing: all.length - added.length,
      problems: [],
    }
  }

  for (const account of await accounts.export()) {
    const all = await applicationPasswords.export(account)
    try {
      yield await strictTransaction(database, on => exportUser(createWordPressRows(on, tables), account, all))
    } catch (error) {
      if (!(error instanceof SkipUser || error instanceof PhpSerializedError)) throw error
      const reason =
        error instanceof SkipUser ? error.message : `The user’s data in WordPress cannot be read: ${error.message}.`
      yield {
        login: account.login,
        outcome: 'skipped',
        transferred: 0,
        existing: 0,
        problems: [`Skipped: ${reason}`],
      }
    }
  }
}

/**
 * Returns the WordPress user with the same login and email address. It throws if that user may do more there than here: an
 * application password must not gain access by the export.
 *
 * @throws SkipUser
 */
async function findSame(rows: WordPressRows, { login, email, role }: PortableAccount): Promise<FoundUser | null> {
  const found = await rows.find(login, email)
  const [same] = found
  if (!same) return null
  if (found.length > 1 || fold(same.login) !== fold(login) || fold(same.email) !== fold(email)) {
    throw new SkipUser(
      `The WordPress user ${same.id} has the same login or email address, but not both. If it is the same person, make both match.`,
    )
  }
  for (const { key, serialised } of await rows.capabilities(same.id)) {
    const more = mayMore(role, serialised.trim() === '' ? [] : readRoles(serialised.trim()))
    if (more) {
      throw new SkipUser(
        `The WordPress user ${same.id} is the same, but has a higher role: ${more} there, ${role} here (${key}).`,
      )
    }
  }
  const superAdmins = (await rows.superAdmins()).flatMap(readLogins)
  if (superAdmins.some(login => fold(login) === fold(same.login))) {
    throw new SkipUser(`The WordPress user ${same.id} is the same, but is a super admin of the network there.`)
  }
  return same
}

function readLogins(serialised: string): string[] {
  const logins = serialised.trim() === '' ? null : phpUnserialize(serialised.trim())
  return logins instanceof Map ? [...logins.values()].map(String) : []
}

/**
 * Returns the first of a WordPress user's roles that allows more than `role`. Roles of plugins count as more, because we
 * cannot know what they allow.
 */
function mayMore(role: string, theirs: readonly string[]): string | undefined {
  const here = isRole(role) ? ROLES.indexOf(role) : -1
  return here === 0 ? undefined : theirs.find(each => !isRole(each) || ROLES.indexOf(each) < here)
}

/** The number that old plugins read instead of a role. */
const LEVELS: Record<string, number> = { administrator: 10, editor: 7, author: 2, contributor: 1, subscriber: 0 }

const insert = (rows: WordPressRows, account: PortableAccount) =>
  rows.insertUser(toRow(account), phpSerialize(new Map([[account.role, true]])), LEVELS[account.role] ?? 0)

const toRow = ({ login, email, name, registered, passwordHash }: PortableAccount): NewUser => ({
  user_login: login,
  user_pass: passwordHash ?? '*',
  user_email: email,
  user_registered: registered.toISOString().slice(0, 19).replace('T', ' '),
  display_name: name,
})
