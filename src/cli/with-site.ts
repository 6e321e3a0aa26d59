import type { Config } from '../server/config.ts'
import type { ServedSite } from '../server/site.ts'

type Work = (site: ServedSite, config: Config) => Promise<void>

/** Does a command's work on the site that the environment names, with its tables up to date as `serve` would have them. */
export async function withSite(work: Work): Promise<void> {
  await withSiteAsItIs(async (site, config) => {
    await site.connect.migrate()
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
