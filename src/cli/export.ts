import { type Command, Option } from 'commander'
import { showResults } from './transfer-results.ts'
import { withSiteToMove } from './with-site.ts'
import { withWordPressDatabase } from './wordpress-source.ts'

interface ExportOptions {
  to: string
  prefix: string
  dryRun?: true
}

const HELP = `
A user who is there already, by login and e-mail address, is left as they are, and gets the application passwords that they
have not yet.

Others on this machine can see the flags of a running command: WORDPRESS_DATABASE_URL may name the database instead.

Example:
  $ koa-wp-connect export wordpress --to=mysql://user:password@localhost/wordpress --dry-run`

export function exportCommands(program: Command): void {
  program
    .command('export')
    .summary('give users to elsewhere')
    .description('Gives users and their application passwords to elsewhere.')
    .command('wordpress')
    .summary('to a WordPress')
    .description(
      'Writes the users of the site, with their application passwords, into the database of a WordPress 6.8 or later.',
    )
    .addOption(new Option('--to <database>', 'mysql://…').env('WORDPRESS_DATABASE_URL').makeOptionMandatory())
    .option('--prefix <prefix>', 'what the names of WordPress’s tables begin with', 'wp_')
    .option('--dry-run', 'say what would happen, and write nothing')
    .addHelpText('after', HELP)
    .action(exportWordPress)
}

async function exportWordPress({ to, prefix, dryRun }: ExportOptions): Promise<void> {
  const { exportUsers } = await import('../transfer/export/export-users.ts')
  await withSiteToMove(dryRun === true, 'change', async ({ accounts, connect: { applicationPasswords } }) => {
    await withWordPressDatabase(to, async knex => {
      const site = { accounts, applicationPasswords }
      const moved = exportUsers(site, { knex, prefix }, { dryRun: dryRun === true })
      await showResults(moved, dryRun ? 'Would export' : 'Exported')
    })
  })
}
