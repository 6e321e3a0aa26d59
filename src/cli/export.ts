import { type Command, Option } from 'commander'
import { showResults } from './transfer-results.ts'
import { withAccounts } from './with-site.ts'
import { withWordPressDatabase } from './wordpress-source.ts'

interface ExportOptions {
  to: string
  prefix: string
  dryRun?: true
}

const HELP = `
A user who already exists there, with the same login and email address, is not changed. Missing application passwords are
added.

Other users of this machine can see the flags of a running command. You can set WORDPRESS_DATABASE_URL instead of --to.

Example:
  $ koa-wp-connect export wordpress --to=mysql://user:password@localhost/wordpress --dry-run`

export function exportCommands(program: Command): void {
  program
    .command('export')
    .summary('export users')
    .description('Exports users and their application passwords.')
    .command('wordpress')
    .summary('to WordPress')
    .description(
      'Writes the users of the site and their application passwords into the database of a WordPress 6.8 or later.',
    )
    .addOption(new Option('--to <database>', 'mysql://…').env('WORDPRESS_DATABASE_URL').makeOptionMandatory())
    .option('--prefix <prefix>', 'prefix of WordPress’s tables', 'wp_')
    .option('--dry-run', 'report what would happen, and write nothing')
    .addHelpText('after', HELP)
    .action(exportWordPress)
}

async function exportWordPress({ to, prefix, dryRun }: ExportOptions): Promise<void> {
  const { exportUsers } = await import('../transfer/export/export-users.ts')
  const access = dryRun ? 'read' : 'change'
  const work: Parameters<typeof withAccounts>[1] = async ({ accounts, connect: { applicationPasswords } }) => {
    await withWordPressDatabase(to, async knex => {
      const site = { accounts, applicationPasswords }
      const moved = exportUsers(site, { knex, prefix }, { dryRun: dryRun === true })
      await showResults(moved, dryRun ? 'Would export' : 'Exported')
    })
  }
  await withAccounts(access, work, EXPORT_IN_APP)
}

const EXPORT_IN_APP = 'connect.applicationPasswords.export(user) returns what a user has, with the hashes.'
