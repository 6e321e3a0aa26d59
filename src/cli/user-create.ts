import type { Command } from 'commander'
import { generatePassword } from '../application-passwords/password.ts'
import { line, success } from './messages.ts'
import { printable } from './printable.ts'
import { askPassword, isAtTerminal } from './prompt.ts'
import { roleOption } from './role-option.ts'
import { withAccounts } from './with-site.ts'

interface CreateOptions {
  role?: string
  user_pass?: string
  display_name?: string
  porcelain?: true
}

const EXAMPLES = `
Without --user_pass, the command asks for the password. Without a terminal, it generates a password and shows it.

Examples:
  $ koa-wp-connect user create bob bob@example.com --role=author
  Password for bob (empty: generate one):
  Success: Created user 3.

  $ koa-wp-connect user create ann ann@example.com < /dev/null
  Success: Created user 4.
  Password: iPuJ1LqdUSqiP0gmW4dAEkMZ`

export function userCreateCommand(user: Command): void {
  user
    .command('create')
    .summary('create a user')
    .description('Creates a user. The default role is subscriber.')
    .argument('<login>', 'name to log in with')
    .argument('<email>', 'email address')
    .addOption(roleOption('role of the user'))
    .option('--user_pass <password>', 'account password; other users of this machine can see it while the command runs')
    .option('--display_name <name>', 'name that people see; by default the login')
    .option('--porcelain', 'print only the new ID')
    .addHelpText('after', EXAMPLES)
    .action(createUser)
}

async function createUser(login: string, email: string, options: CreateOptions): Promise<void> {
  await withAccounts('make', async ({ accounts }) => {
    const given = options.user_pass ?? (await askForPassword(login))
    const password = given ?? generatePassword()
    const user = await accounts.create(login, password, {
      email,
      ...(options.role !== undefined && { role: options.role }),
      ...(options.display_name !== undefined && { name: options.display_name }),
    })
    if (options.porcelain) return line(user.id)
    success(`Created user ${user.id}.`)
    if (given === undefined) line(`Password: ${password}`)
  })
}

/** Returns undefined without a terminal, or if nothing was typed. */
async function askForPassword(login: string): Promise<string | undefined> {
  if (!isAtTerminal()) return undefined
  return (await askPassword(`Password for ${printable(login)} (empty: generate one): `)) || undefined
}
