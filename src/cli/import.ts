import { type Command, Option } from 'commander'
import { showResults } from './transfer-results.ts'
import { withSiteToMove } from './with-site.ts'
import { withWordPressSource } from './wordpress-source.ts'

interface ImportOptions {
  from: string
  prefix: string
  dryRun?: true
}

const HELP = `
A user who is there already, by login and e-mail address, is left as they are; so a second import changes nothing. What
cannot be taken is listed, each with the reason.

Others on this machine can see the flags of a running command: WORDPRESS_DATABASE_URL may name the source instead.

Examples:
  $ koa-wp-connect import wordpress --from=wordpress.sql.gz --dry-run
  $ koa-wp-connect import wordpress --from=mysql://user:password@localhost/wordpress --prefix=blog_`

export function importCommands(program: Command): void {
  program
    .command('import')
    .summary('take users from elsewhere')
    .description('Takes users and their application passwords from elsewhere.')
    .command('wordpress')
    .summary('from a WordPress')
    .description(
      'Takes the users of a WordPress with their roles, account passwords and application passwords, which go on working.',
    )
    .addOption(
      new Option('--from <source>', 'mysql://… or the path of an SQL dump, gzipped or not')
        .env('WORDPRESS_DATABASE_URL')
        .makeOptionMandatory(),
    )
    .option('--prefix <prefix>', 'what the names of WordPress’s tables begin with', 'wp_')
    .option('--dry-run', 'say what would happen, and write nothing')
    .addHelpText('after', HELP)
    .action(importWordPress)
}

async function importWordPress({ from, prefix, dryRun }: ImportOptions): Promise<void> {
  const { importUsers } = await import('../transfer/import/import-users.ts')
  const { readWordPress } = await import('../transfer/import/read-wordpress.ts')
  await withSiteToMove(dryRun === true, 'make', async ({ accounts, connect: { applicationPasswords } }) => {
    await withWordPressSource(from, async source => {
      const people = readWordPress({ ...source, prefix })
      const moved = importUsers({ accounts, applicationPasswords }, people, { dryRun: dryRun === true })
      await showResults(moved, dryRun ? 'Would import' : 'Imported')
    })
  })
}
