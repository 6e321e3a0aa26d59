import { randomBytes } from 'node:crypto'
import type { OAuth } from '../oauth/build.ts'
import type { Config } from '../server/config.ts'
import { type FoundSite, findSite, missingFile, OWN_USERS } from '../server/find-site.ts'
import type { ServedSite } from '../server/site.ts'
import { CliError, isOutdated } from './errors.ts'
import { io } from './io.ts'
import type { OwnUsersSite } from './own-users-site.ts'

/**
 * What a command does to the site. `read` writes nothing and creates no tables. `change` migrates first. `make` also
 * creates a site if there is none.
 */
export type Access = 'read' | 'change' | 'make'

type AnySite = ServedSite | OwnUsersSite

/** Opens the site that the environment describes, and runs a command that needs its embedded users. */
export async function withSite(
  access: Access,
  work: (site: ServedSite, config: Config) => Promise<void>,
): Promise<void> {
  await withAnySite({ ...NEEDS[access], users: true }, (site, config) => work(site as ServedSite, config))
}

/** The same for a command that transfers users. With `dryRun` nothing is written, so the tables must exist. */
export async function withSiteToMove(
  dryRun: boolean,
  access: Access,
  work: (site: ServedSite) => Promise<void>,
): Promise<void> {
  await withAnySite({ ...NEEDS[dryRun ? 'read' : access], users: true }, async (site, _config, found) => {
    if (dryRun && !found?.hasImports) throw new CliError(OUTDATED)
    await work(site as ServedSite)
  })
}

/** The same for a command about applications. The site's users may be embedded or an app's own. */
export async function withOAuth(
  access: Access,
  work: (oauth: OAuth) => Promise<void>,
  { secret = false } = {},
): Promise<void> {
  await withAnySite({ ...NEEDS[access], secret }, async ({ connect }) => {
    if (connect.oauth === null) throw new CliError(NO_OAUTH)
    await work(connect.oauth)
  })
}

interface WithSiteNeeds {
  /** What to do if there is no site. `look` continues with the existing database, but creates none. */
  none: 'refuse' | 'look' | 'make'
  migrates: boolean
  /** The command needs embedded users. */
  users?: boolean
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

/** Opens the site, runs the command, and closes the database, so that the process can exit. */
export async function withAnySite(
  needs: WithSiteNeeds,
  work: (site: AnySite, config: Config, found: FoundSite | null) => Promise<void>,
): Promise<void> {
  // Imported only here, so that `--help` and errors in flags respond quickly.
  const { foundSecret, readConfig } = await import('../server/config.ts')
  const config = readConfig(io.env)
  const missing = missingFile(config.databaseUrl)
  if (missing !== null && needs.none !== 'make') throw new CliError(noSite(`there is no file ${missing}`))

  const { openDatabase, setJournal } = await import('../server/database.ts')
  const { createSite } = await import('../server/site.ts')
  const { createOwnUsersSite } = await import('./own-users-site.ts')
  const knex = openDatabase(config.databaseUrl, { setsJournal: false })
  let close = async () => knex.destroy()
  try {
    const found = await findSite(knex).catch(error => {
      if (needs.unavailable) return null
      throw error
    })
    if (found?.kind === 'none' && needs.none === 'refuse')
      throw new CliError(noSite('the database has none of its tables'))
    if (found?.kind === 'own-users' && needs.users) throw new CliError(OWN_USERS)
    const known = config.secret ?? foundSecret()
    if (known === null && needs.secret) throw new CliError(NO_SECRET)
    // A random secret is enough: only the server, and commands that require the site's own secret, sign or encrypt with it.
    const secret = known ?? randomBytes(32).toString('base64url')
    const site =
      found?.kind === 'own-users'
        ? await createOwnUsersSite(config, knex, secret, found)
        : await createSite(config, { knex, secret })
    close = site.close
    if (needs.none === 'make' && found?.kind !== 'own-users') await setJournal(knex)
    if (needs.migrates) await site.connect.migrate()
    await work(site, config, found)
  } catch (error) {
    throw !needs.migrates && isOutdated(error) ? new CliError(OUTDATED) : error
  } finally {
    await close()
  }
}

const noSite = (why: string) =>
  `There is no site here: ${why}. Start one by koa-wp-connect serve, go to the folder that it was started in, or set DATABASE_URL to its database.`

const OUTDATED = 'The site’s tables are not up to date, and this command writes nothing. Run first: migrate'

const NO_OAUTH = 'This site has no OAuth. Set the option oauth of createConnect(), and run connect.migrate().'

const NO_SECRET = 'There is no data/secret here. Set CONNECT_SECRET to the secret that the site has.'
