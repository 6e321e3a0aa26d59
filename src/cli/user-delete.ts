import type { Command } from 'commander'
import { CliError } from './errors.ts'
import { findUsers } from './find-user.ts'
import { success } from './messages.ts'
import { printable } from './printable.ts'
import { confirm } from './prompt.ts'
import { withAccounts } from './with-site.ts'

export function userDeleteCommand(user: Command): void {
  user
    .command('delete')
    .summary('delete users')
    .description('Deletes users, logs them out, revokes their application passwords and disconnects their apps.')
    .argument('<user...>', 'IDs, logins or email addresses')
    .option('--yes', 'do not ask')
    .action(deleteUsers)
}

async function deleteUsers(named: string[], { yes }: { yes?: true }): Promise<void> {
  await withAccounts('change', async ({ accounts }) => {
    const users = await findUsers(accounts, named)
    if (users.length === 0) return
    const logins = users.map(user => user.login).join(', ')
    if (!yes && !(await confirm(printable(`Delete ${logins} and all of their application passwords?`)))) {
      throw new CliError('No users deleted. Answer y or pass --yes.')
    }
    for (const user of users) {
      await accounts.delete(user.id)
      success(`Removed user ${user.id}.`)
    }
  })
}
