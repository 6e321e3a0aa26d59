import type { Command } from 'commander'
import { CliError } from './errors.ts'
import { line, success } from './messages.ts'
import { confirm, isAtTerminal } from './prompt.ts'
import { withAnySite } from './with-site.ts'

interface MigrateOptions {
  down?: true
  yes?: true
}

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .summary('bring the tables up to date')
    .description(
      'Brings the tables of the database up to date. `serve` and the commands that change something do so by themselves. Of an app with users of its own, the tables that it has already.',
    )
    .option('--down', 'take all tables away, with all users and application passwords in them')
    .option('--yes', 'with --down: do not ask')
    .action(migrate)
}

async function migrate({ down, yes }: MigrateOptions): Promise<void> {
  if (
    down &&
    !yes &&
    isAtTerminal() &&
    !(await confirm('All users and application passwords will be lost. Proceed?'))
  ) {
    throw new CliError('Nothing was undone.')
  }
  await withAnySite({ none: down ? 'look' : 'make', migrates: false }, async ({ connect }) => {
    const names = await (down ? connect.migrateDown() : connect.migrate())
    for (const name of names) line(`${down ? 'Undid' : 'Ran'} ${name}`)
    success(down ? undone(names.length) : ran(names.length))
  })
}

const migrations = (count: number) => `${count} ${count === 1 ? 'migration' : 'migrations'}`
const ran = (count: number) => (count === 0 ? 'The tables are up to date already.' : `Ran ${migrations(count)}.`)
const undone = (count: number) => (count === 0 ? 'There was nothing to undo.' : `Undid ${migrations(count)}.`)
