import type { Command } from 'commander'
import { generatePassword } from '../application-passwords/password.ts'
import { line, success } from './messages.ts'
import { printable } from './printable.ts'
import { askPassword, isAtTerminal } from './prompt.ts'
import { roleOption } from './role-option.ts'
import { withSite } from './with-site.ts'

interface CreateOptions {
  role?: string
  user_pass?: string
  display_name?: string
  porcelain?: true
}

const EXAMPLES = `
Without --user_pass the password is asked for; where there is no terminal, one is made and shown.

Examples:
  $ koa-wp-connect user create bob bob@example.com --role=author
  Password for bob (empty: make one):
  Success: Created user 3.

  $ koa-wp-connect user create ann ann@example.com < /dev/null
  Success: Created user 4.
  Password: iPuJ1LqdUSqiP0gmW4dAEkMZ`

export function userCreateCommand(user: Command): void {
  user
    .command('create')
    .summary('make a user')
    .description('Makes a user, a subscriber if no role is named.')
    .argument('<login>', 'what the user logs in with')
    .argument('<email>', 'e-mail address')
    .addOption(roleOption('what the user may do'))
    .option('--user_pass <password>', 'account password; others on this machine can see it while the command runs')
    .option('--display_name <name>', 'as shown to people; the login if absent')
    .option('--porcelain', 'show the new ID only')
    .addHelpText('after', EXAMPLES)
    .action(createUser)
}

async function createUser(login: string, email: string, options: CreateOptions): Promise<void> {
  await withSite('make', async ({ accounts }) => {
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

/** Undefined if there is nobody to ask, or nothing was typed. */
async function askForPassword(login: string): Promise<string | undefined> {
  if (!isAtTerminal()) return undefined
  return (await askPassword(`Password for ${printable(login)} (empty: make one): `)) || undefined
}
