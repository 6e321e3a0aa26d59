import type { Command } from 'commander'
import { applicationPasswordName } from '../application-passwords/name.ts'
import { ConnectError } from '../errors.ts'
import { isUuid } from '../values/uuid.ts'
import { applicationPasswordGetCommand, applicationPasswordListCommand } from './application-password-list.ts'
import { CliError } from './errors.ts'
import { findUser } from './find-user.ts'
import { io } from './io.ts'
import { line, success, warning } from './messages.ts'
import { withSite } from './with-site.ts'

const USER = ['<user>', 'ID, login or e-mail address'] as const
const UUID = ['<uuid>', 'UUID of the application password'] as const

export function applicationPasswordCommands(user: Command): void {
  const group = user
    .command('application-password')
    .summary('application passwords of a user')
    .description('Issues, lists, renames and revokes the application passwords of a user.')
  group
    .command('create')
    .summary('issue an application password')
    .description('Issues an application password and shows it, this once.')
    .argument(...USER)
    .argument('<app-name>', 'what it is for, such as "Zapier"')
    .option('--app-id <app-id>', 'UUID of the application, in lower case')
    .option('--porcelain', 'show the new password only')
    .action(create)
  applicationPasswordListCommand(group)
  applicationPasswordGetCommand(group)
  group
    .command('update')
    .summary('rename an application password')
    .description('Renames an application password, which goes on working.')
    .argument(...USER)
    .argument(...UUID)
    .requiredOption('--name <name>', 'the new name')
    .action(update)
  group
    .command('delete')
    .summary('revoke application passwords')
    .description('Revokes application passwords: the very next request that uses one is refused.')
    .argument(...USER)
    .argument('[uuid...]', 'UUIDs of application passwords')
    .option('--all', 'all of the user')
    .action(revoke)
  group
    .command('exists')
    .summary('tell whether there is one of this name')
    .description('Ends with 0 if the user has an application password of this name, else with 1. Shows nothing.')
    .argument(...USER)
    .argument('<app-name>', 'its name, in any letter case')
    .action(exists)
  group
    .command('record-usage')
    .summary('note that it was used')
    .description('Notes that an application password was used now, from nowhere.')
    .argument(...USER)
    .argument(...UUID)
    .action(recordUsage)
}

async function create(named: string, name: string, options: { appId?: string; porcelain?: true }): Promise<void> {
  const { appId = '', porcelain } = options
  if (appId && !isUuid(appId)) throw new ConnectError('invalid_app_id')
  await withSite('change', async ({ accounts, connect }) => {
    const { password } = await connect.applicationPasswords.create(await findUser(accounts, named), name, appId)
    if (porcelain) return line(password)
    success('Created application password.')
    line(`Password: ${password}`)
  })
}

async function update(named: string, uuid: string, { name }: { name: string }): Promise<void> {
  await withSite('change', async ({ accounts, connect }) => {
    await connect.applicationPasswords.rename(await findUser(accounts, named), uuid, name)
    success('Updated application password.')
  })
}

async function revoke(named: string, uuids: string[], { all }: { all?: true }): Promise<void> {
  if (uuids.length > 0 === Boolean(all)) throw new CliError('Name one or more UUIDs, or say --all.')
  await withSite('change', async ({ accounts, connect: { applicationPasswords } }) => {
    const user = await findUser(accounts, named)
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
        if (!(error instanceof ConnectError) || error.status >= 500) throw error
        warning(`Failed to delete UUID ${uuid}: ${error.message}`)
        io.exitCode = 1
      }
    }
    success(`Deleted ${deleted} of ${uuids.length} application ${uuids.length === 1 ? 'password' : 'passwords'}.`)
  })
}

async function exists(named: string, name: string): Promise<void> {
  // As it would be kept, so that a script may ask by what it gave to `create`.
  const wanted = applicationPasswordName(name).toLowerCase()
  await withSite('read', async ({ accounts, connect }) => {
    const all = await connect.applicationPasswords.list(await findUser(accounts, named))
    if (!all.some(each => each.name.toLowerCase() === wanted)) io.exitCode = 1
  })
}

async function recordUsage(named: string, uuid: string): Promise<void> {
  await withSite('change', async ({ accounts, connect }) => {
    await connect.applicationPasswords.recordUsage(await findUser(accounts, named), uuid, null)
    success('Recorded application password usage.')
  })
}
