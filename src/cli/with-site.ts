import { randomBytes } from 'node:crypto'
import type { Connect } from '../connect/connect-types.ts'
import type { Accounts } from '../embedded-users/accounts.ts'
import type { EmbeddedUsers } from '../embedded-users/embedded-users.ts'
import { asEmbedded } from '../embedded-users/internals.ts'
import type { OAuth } from '../oauth/build.ts'
import { findSite, missingFile, OWN_USERS } from '../server/find-site.ts'
import { checkedUsers } from '../users/checked-users.ts'
import { appFile } from './app-file.ts'
import { CliError, isOutdated } from './errors.ts'
import { io } from './io.ts'
import { loadApp } from './load-app.ts'
import { typed } from './typed-command.ts'

/**
 * What a command does to the site. `read` writes nothing and creates no tables. `change` migrates first. `make` also
 * creates a site if there is none.
 */
export type Access = 'read' | 'change' | 'make'

/** Runs a command about the users of a site, embedded or an app's own. */
export async function withUsers(
  access: Access,
  work: (site: Pick<Connect, 'users' | 'applicationPasswords'>) => Promise<void>,
): Promise<void> {
  await withConnect(NEEDS[access], ({ users, applicationPasswords }) =>
    work({ users: checkedUsers(users), applicationPasswords }),
  )
}

/**
 * Runs a command that needs embedded users.
 *
 * @param instead what to do if the users are an app's own
 */
export async function withAccounts(
  access: Access,
  work: (site: { accounts: Accounts; connect: Connect }) => Promise<void>,
  instead = MANAGE_IN_APP,
): Promise<void> {
  await withConnect(NEEDS[access], async connect => {
    const accounts = accountsOf(connect)
    if (accounts === null) throw new CliError(`This app has its own users, not embeddedUsers(). ${instead}`)
    await work({ accounts, connect })
  })
}

/** Null if the users are an app's own. */
export const accountsOf = ({ users }: Connect): Accounts | null =>
  (asEmbedded(users) as EmbeddedUsers | null)?.accounts ?? null

/** Runs a command about the applications of a site. */
export async function withOAuth(
  access: Access,
  work: (oauth: OAuth) => Promise<void>,
  { secret = false } = {},
): Promise<void> {
  await withConnect({ ...NEEDS[access], secret }, async ({ oauth }) => {
    if (oauth === null) throw new CliError(NO_OAUTH)
    await work(oauth)
  })
}

interface WithSiteNeeds {
  /** What to do if there is no site. `look` continues with the existing database, but creates none. */
  none: 'refuse' | 'look' | 'make'
  /** Only `migrate` changes an app's tables. */
  migrates: boolean
  /** The command needs the site's own secret. */
  secret?: boolean
  /** The command also runs if the database is unavailable. */
  unavailable?: boolean
}

const NEEDS: Readonly<Record<Access, WithSiteNeeds>> = {
  read: { none: 'refuse', migrates: false },
  change: { none: 'refuse', migrates: true },
  make: { none: 'make', migrates: true },
}

/** Opens the app of `--app`, otherwise the site that the environment describes, runs a command, and closes it. */
export async function withConnect(needs: WithSiteNeeds, work: (connect: Connect) => Promise<void>): Promise<void> {
  await (appFile === null ? withServedSite(needs, work) : withApp(appFile, work))
}

async function withApp(file: string, work: (connect: Connect) => Promise<void>): Promise<void> {
  const connect = await loadApp(file)
  try {
    await work(connect)
  } catch (error) {
    throw isOutdated(error) ? new CliError(outdated()) : error
  } finally {
    await connect.close()
  }
}

async function withServedSite(needs: WithSiteNeeds, work: (connect: Connect) => Promise<void>): Promise<void> {
  // Imported only here, so that `--help` and errors in flags respond quickly.
  const { foundSecret, readConfig } = await import('../server/config.ts')
  const config = readConfig(io.env)
  const missing = missingFile(config.databaseUrl)
  if (missing !== null && needs.none !== 'make') throw new CliError(noSite(`the file ${missing} does not exist`))

  const { openDatabase, setJournal } = await import('../server/database.ts')
  const { createSite } = await import('../server/site.ts')
  const knex = openDatabase(config.databaseUrl, { setsJournal: false })
  let close = async () => knex.destroy()
  try {
    const found = await findSite(knex).catch(error => {
      if (needs.unavailable) return null
      throw error
    })
    if (found === 'none' && needs.none === 'refuse') {
      throw new CliError(noSite('the database has none of its tables'))
    }
    if (found === 'own-users') throw new CliError(`${OWN_USERS} Name the app: ${typed('--app=./connect.js …')}`)
    const known = config.secret ?? foundSecret()
    if (known === null && needs.secret) throw new CliError(NO_SECRET)
    // A random secret is enough: only the server, and commands that require the site's own secret, sign or encrypt with it.
    const secret = known ?? randomBytes(32).toString('base64url')
    const site = await createSite(config, { knex, secret })
    close = site.close
    if (needs.none === 'make') await setJournal(knex)
    if (needs.migrates) await site.connect.migrate()
    await work(site.connect)
  } catch (error) {
    throw !needs.migrates && isOutdated(error) ? new CliError(outdated()) : error
  } finally {
    await close()
  }
}

const noSite = (why: string) =>
  `No site found: ${why}. Start one with ${typed('serve')}, change to the directory where you started it, or set DATABASE_URL to its database. ` +
  'For your own app, pass --app with the file that exports its createConnect().'

const outdated = () =>
  `The tables are not up to date, and this command does not change them. Run this first: ${typed('migrate')}`

const NO_OAUTH =
  'OAuth is not enabled on this site. Set the option oauth of createConnect(), then run connect.migrate().'

const NO_SECRET = 'The file data/secret does not exist here. Set CONNECT_SECRET to the secret of the site.'

const MANAGE_IN_APP =
  'List, create, change and delete them in the app. After a new account password, call connect.passwordChanged(id); after a deletion, connect.userDeleted(id).'
