import type { Command } from 'commander'
import type { Connect } from '../connect/connect-types.ts'
import { CliError } from './errors.ts'
import { line, success } from './messages.ts'
import { confirm, isAtTerminal } from './prompt.ts'
import { accountsOf, withConnect } from './with-site.ts'

interface MigrateOptions {
  down?: true
  yes?: true
}

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .summary('migrate the tables')
    .description(
      'Migrates the tables of the database to this version. `serve` and the commands that change something do this themselves, except on your own app.',
    )
    .option('--down', 'delete all tables, with all users, posts and application passwords in them; asks first')
    .option('--yes', 'with --down: do not ask; needed in a script')
    .action(migrate)
}

async function migrate({ down, yes }: MigrateOptions): Promise<void> {
  await withConnect({ none: down ? 'look' : 'make', migrates: false }, async connect => {
    if (down && !yes) await mustConfirm(connect)
    const names = await (down ? connect.migrateDown() : connect.migrate())
    for (const name of names) line(`${down ? 'Undid' : 'Ran'} ${name}`)
    success(down ? undone(names.length) : ran(names.length))
  })
}

/**
 * Asks for confirmation. A script cannot answer, so it must pass `--yes`.
 *
 * @throws CliError without a yes
 */
async function mustConfirm(connect: Connect): Promise<void> {
  const lost = whatIsLost(connect)
  if (!isAtTerminal()) {
    throw new CliError(`This would delete ${lost}. Nothing was changed. To delete it without a question, pass --yes.`)
  }
  if (!(await confirm(`This deletes ${lost}. Continue?`))) throw new CliError('Cancelled; nothing was changed.')
}

function whatIsLost(connect: Connect): string {
  const all = [
    ...(accountsOf(connect) ? ['users'] : []),
    ...(connect.content && 'isEmbedded' in connect.content ? ['posts', 'pages'] : []),
    'application passwords',
    ...(connect.oauth ? ['applications', 'connections'] : []),
  ]
  return `all ${new Intl.ListFormat('en-GB').format(all)}, with their tables`
}

const migrations = (count: number) => `${count} ${count === 1 ? 'migration' : 'migrations'}`
const ran = (count: number) => (count === 0 ? 'The tables are already up to date.' : `Ran ${migrations(count)}.`)
const undone = (count: number) => (count === 0 ? 'Nothing to undo.' : `Undid ${migrations(count)}.`)
