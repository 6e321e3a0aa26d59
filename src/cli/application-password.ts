import type { Command } from 'commander'
import { applicationPasswordName } from '../application-passwords/name.ts'
import { ConnectError } from '../errors.ts'
import { isUuid } from '../values/uuid.ts'
import { applicationPasswordGetCommand, applicationPasswordListCommand } from './application-password-list.ts'
import { CliError, isRefusal } from './errors.ts'
import { findUser } from './find-user.ts'
import { io } from './io.ts'
import { line, success, warning } from './messages.ts'
import { withUsers } from './with-site.ts'

const USER = ['<user>', 'ID, login or email address'] as const
const UUID = ['<uuid>', 'UUID of the application password'] as const

export function applicationPasswordCommands(user: Command): void {
  const group = user
    .command('application-password')
    .summary('manage application passwords')
    .description('Creates, lists, renames and revokes a user’s application passwords.')
  group
    .command('create')
    .summary('create an application password')
    .description('Creates an application password and shows it once.')
    .argument(...USER)
    .argument('<app-name>', 'what it is for, such as "Zapier"')
    .option('--app-id <app-id>', 'UUID of the application, in lower case')
    .option('--porcelain', 'print only the new password')
    .action(create)
  applicationPasswordListCommand(group)
  applicationPasswordGetCommand(group)
  group
    .command('update')
    .summary('rename an application password')
    .description('Renames an application password. It keeps working.')
    .argument(...USER)
    .argument(...UUID)
    .requiredOption('--name <name>', 'the new name')
    .action(update)
  group
    .command('delete')
    .summary('revoke application passwords')
    .description('Revokes application passwords. The very next request that uses one is refused.')
    .argument(...USER)
    .argument('[uuid...]', 'UUIDs of application passwords')
    .option('--all', 'all application passwords of the user')
    .action(revoke)
  group
    .command('exists')
    .summary('check whether one with this name exists')
    .description(
      'Exits with 0 if the user has an application password with this name, otherwise with 1. Prints nothing.',
    )
    .argument(...USER)
    .argument('<app-name>', 'its name, in any letter case')
    .action(exists)
  group
    .command('record-usage')
    .summary('record a use of it now')
    .description('Records a use of an application password now, without an IP address.')
    .argument(...USER)
    .argument(...UUID)
    .action(recordUsage)
}

async function create(named: string, name: string, options: { appId?: string; porcelain?: true }): Promise<void> {
  const { appId = '', porcelain } = options
  if (appId && !isUuid(appId)) throw new ConnectError('invalid_app_id')
  await withUsers('change', async ({ users, applicationPasswords }) => {
    const { password } = await applicationPasswords.create(await findUser(users, named), name, appId)
    if (porcelain) return line(password)
    success('Created application password.')
    line(`Password: ${password}`)
  })
}

async function update(named: string, uuid: string, { name }: { name: string }): Promise<void> {
  await withUsers('change', async ({ users, applicationPasswords }) => {
    await applicationPasswords.rename(await findUser(users, named), uuid, name)
    success('Updated application password.')
  })
}

async function revoke(named: string, uuids: string[], { all }: { all?: true }): Promise<void> {
  if (uuids.length > 0 === Boolean(all)) throw new CliError('Pass one or more UUIDs, or --all.')
  await withUsers('change', async ({ users, applicationPasswords }) => {
    const user = await findUser(users, named)
    if (all) {
      await applicationPasswords.revokeAll(user)
      return success('Deleted all application passwords.')
    }
    let deleted = 0
    for (const uuid of uuids) {
      try {
        await applicationPasswords.revoke(user, uuid)
        deleted += 1
      } catch (error) {
        if (!isRefusal(error)) throw error
        warning(`Failed to delete UUID ${uuid}: ${error.message}`)
        io.exitCode = 1
      }
    }
    success(`Deleted ${deleted} of ${uuids.length} application ${uuids.length === 1 ? 'password' : 'passwords'}.`)
  })
}

async function exists(named: string, name: string): Promise<void> {
  // Sanitized like a new name, so that a script can pass the same name as to `create`.
  const wanted = applicationPasswordName(name).toLowerCase()
  await withUsers('read', async ({ users, applicationPasswords }) => {
    const all = await applicationPasswords.list(await findUser(users, named))
    if (!all.some(each => each.name.toLowerCase() === wanted)) io.exitCode = 1
  })
}

async function recordUsage(named: string, uuid: string): Promise<void> {
  await withUsers('change', async ({ users, applicationPasswords }) => {
    await applicationPasswords.recordUsage(await findUser(users, named), uuid, null)
    success('Recorded application password usage.')
  })
}
