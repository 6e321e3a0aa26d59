import type { Config } from '../server/config.ts'
import type { ServedSite } from '../server/site.ts'
import { CliError } from './errors.ts'

type Work = (site: ServedSite, config: Config) => Promise<void>

/** Does a command's work on the site that the environment names, with its tables up to date as `serve` would have them. */
export async function withSite(work: Work): Promise<void> {
  await withSiteAsItIs(async (site, config) => {
    await site.connect.migrate()
    await work(site, config)
  })
}

/** The same for a command that moves users; with `dryRun` nothing is written, so the tables have to be there. */
export async function withSiteToMove(dryRun: boolean, work: Work): Promise<void> {
  if (!dryRun) return withSite(work)
  await withSiteAsItIs(async (site, config) => {
    // The newest of the tables that count here.
    if (!(await site.knex.schema.hasTable('connect_application_password_imports'))) {
      throw new CliError('The site’s tables are not up to date, and a dry run writes nothing. Run first: migrate')
    }
    await work(site, config)
  })
}

/** The same with the tables as they are. Lets go of the database afterwards, so that the process can end. */
export async function withSiteAsItIs(work: Work): Promise<void> {
  // Loaded only now, so that `--help` and a mistyped flag are answered at once.
  const { readConfig } = await import('../server/config.ts')
  const { createSite } = await import('../server/site.ts')
  const config = readConfig(process.env)
  const site = await createSite(config)
  try {
    await work(site, config)
  } finally {
    await site.close()
  }
}
