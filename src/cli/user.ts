import type { Command } from 'commander'
import { publicId, type User } from '../users/user.ts'
import { applicationPasswordCommands } from './application-password.ts'
import { findUser } from './find-user.ts'
import { lines } from './messages.ts'
import {
  formatItem,
  formatItems,
  ITEM_FORMATS,
  type Item,
  type Kind,
  LIST_FORMATS,
  type OutputOptions,
  withOutputOptions,
} from './output.ts'
import { roleOption } from './role-option.ts'
import { userCreateCommand } from './user-create.ts'
import { userDeleteCommand } from './user-delete.ts'
import { userUpdateCommand } from './user-update.ts'
import { withAccounts, withUsers } from './with-site.ts'

const USER: Kind = {
  fields: ['ID', 'user_login', 'display_name', 'user_email', 'user_registered', 'roles'],
  id: 'ID',
  prefix: 'user_',
}

export function userCommands(program: Command): void {
  const user = program
    .command('user')
    .summary('manage users and their application passwords')
    .description('Creates, shows, changes and deletes users and their application passwords.')
  userCreateCommand(user)
  const list = user
    .command('list')
    .summary('list users')
    .description(`Lists users. Fields: ${USER.fields.join(', ')}.`)
    .addOption(roleOption('only users with this role'))
  withOutputOptions(list, LIST_FORMATS).action(listUsers)
  const get = user
    .command('get')
    .summary('show one user')
    .description('Shows one user.')
    .argument('<user>', 'ID, login or email address')
  withOutputOptions(get, ITEM_FORMATS).action(getUser)
  userUpdateCommand(user)
  userDeleteCommand(user)
  applicationPasswordCommands(user)
}

async function listUsers({ role, ...output }: OutputOptions & { role?: string }): Promise<void> {
  await withAccounts('read', async ({ accounts }) => {
    const users = (await accounts.list()).filter(user => role === undefined || user.roles[0] === role)
    lines(formatItems(users.map(toItem), USER, output))
  })
}

async function getUser(named: string, output: OutputOptions): Promise<void> {
  await withUsers('read', async ({ users }) => lines(formatItem(toItem(await findUser(users, named)), USER, output)))
}

/** An app's own users may lack what embedded ones have. */
const toItem = ({ id, login, name, email, registered, roles }: User): Item => ({
  ID: publicId(id),
  user_login: login,
  display_name: name ?? login,
  user_email: email ?? '',
  user_registered: registered?.toISOString().slice(0, 19).replace('T', ' ') ?? '',
  roles: roles?.join(',') ?? '',
})
