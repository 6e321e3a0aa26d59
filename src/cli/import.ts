import { type Command, Option } from 'commander'
import { showResults } from './transfer-results.ts'
import { withAccounts } from './with-site.ts'
import { withWordPressSource } from './wordpress-source.ts'

interface ImportOptions {
  from: string
  prefix: string
  dryRun?: true
}

const HELP = `
A user who already exists here, with the same login and email address, is not changed. So a second import changes nothing.
What cannot be imported is listed, with the reason.

Other users of this machine can see the flags of a running command. You can set WORDPRESS_DATABASE_URL instead of --from.

Examples:
  $ koa-wp-connect import wordpress --from=wordpress.sql.gz --dry-run
  $ koa-wp-connect import wordpress --from=mysql://user:password@localhost/wordpress --prefix=blog_`

export function importCommands(program: Command): void {
  program
    .command('import')
    .summary('import users')
    .description('Imports users and their application passwords.')
    .command('wordpress')
    .summary('from WordPress')
    .description(
      'Imports the users of a WordPress site with their roles, account passwords and application passwords, which keep working.',
    )
    .addOption(
      new Option('--from <source>', 'mysql://… or the path of an SQL dump, gzipped or not')
        .env('WORDPRESS_DATABASE_URL')
        .makeOptionMandatory(),
    )
    .option('--prefix <prefix>', 'prefix of WordPress’s tables', 'wp_')
    .option('--dry-run', 'report what would happen, and write nothing')
    .addHelpText('after', HELP)
    .action(importWordPress)
}

async function importWordPress({ from, prefix, dryRun }: ImportOptions): Promise<void> {
  const { importUsers } = await import('../transfer/import/import-users.ts')
  const { readWordPress } = await import('../transfer/import/read-wordpress.ts')
  await withWordPressSource(from, async source => {
    // A source that cannot be read must not leave an empty site behind.
    const people = await begun(readWordPress({ ...source, prefix }))
    const work: Parameters<typeof withAccounts>[1] = async ({ accounts, connect: { applicationPasswords } }) => {
      const moved = importUsers({ accounts, applicationPasswords }, people, { dryRun: dryRun === true })
      await showResults(moved, dryRun ? 'Would import' : 'Imported')
    }
    await withAccounts(dryRun ? 'read' : 'make', work, IMPORT_IN_APP)
  })
}

/** Returns the same items, although the first one has been read already. */
async function begun<T>(items: AsyncGenerator<T>): Promise<AsyncIterable<T>> {
  const first = await items.next()
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* items
  })()
}

const IMPORT_IN_APP =
  'Import with readWordPress() and connect.applicationPasswords.import(): see docs/features/import-from-wordpress.md.'
