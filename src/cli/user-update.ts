import type { Command } from 'commander'
import { CliError, isRefusal } from './errors.ts'
import { findUsers } from './find-user.ts'
import { io } from './io.ts'
import { success, warning } from './messages.ts'
import { roleOption } from './role-option.ts'
import { withAccounts } from './with-site.ts'

interface UpdateOptions {
  user_pass?: string
  user_email?: string
  display_name?: string
  role?: string
}

export function userUpdateCommand(user: Command): void {
  user
    .command('update')
    .summary('change users')
    .description('Changes users. A new password logs the user out everywhere. The login cannot be changed.')
    .argument('<user...>', 'IDs, logins or email addresses')
    .option('--user_pass <password>', 'account password; other users of this machine can see it while the command runs')
    .option('--user_email <email>', 'email address')
    .option('--display_name <name>', 'name that people see')
    .addOption(roleOption('role of the user'))
    .action(updateUsers)
}

async function updateUsers(named: string[], options: UpdateOptions): Promise<void> {
  const changes = {
    ...(options.user_pass !== undefined && { password: options.user_pass }),
    ...(options.user_email !== undefined && { email: options.user_email }),
    ...(options.display_name !== undefined && { name: options.display_name }),
    ...(options.role !== undefined && { role: options.role }),
  }
  if (Object.keys(changes).length === 0) {
    throw new CliError('Nothing to change. Pass --user_pass, --user_email, --display_name or --role.')
  }
  await withAccounts('change', async ({ accounts }) => {
    for (const { id } of await findUsers(accounts, named)) {
      try {
        await accounts.update(id, changes)
        success(`Updated user ${id}.`)
      } catch (error) {
        if (!isRefusal(error)) throw error
        warning(`Failed to update user ${id}: ${error.message}`)
        io.exitCode = 1
      }
    }
  })
}
