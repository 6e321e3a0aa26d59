import type { Command } from 'commander'
import { clientCreateCommand } from './client-create.ts'
import { CLIENT, CLIENT_ID, toItem } from './client-output.ts'
import { clientRotateSecretCommand } from './client-rotate-secret.ts'
import { clientUpdateCommand } from './client-update.ts'
import { CliError } from './errors.ts'
import { lines, success } from './messages.ts'
import { formatItem, formatItems, ITEM_FORMATS, LIST_FORMATS, type OutputOptions, withOutputOptions } from './output.ts'
import { printable } from './printable.ts'
import { confirm } from './prompt.ts'
import { withOAuth } from './with-site.ts'

/** A table with all fields would be wider than any terminal. */
const COLUMNS = 'client_id,name,type,legacy,self_registered,created'

const FIELDS = `Fields: ${CLIENT.fields.join(', ')}. Times are Unix seconds. No command shows a secret again, or its hash.`

export function clientCommands(program: Command): void {
  const client = program
    .command('client')
    .summary('manage applications that use OAuth')
    .description('Registers, shows, changes and deletes the applications that may ask users for access with OAuth.')
  clientCreateCommand(client)
  const list = client
    .command('list')
    .summary('list applications')
    .description(`Lists applications, newest first. ${FIELDS} A table shows ${COLUMNS}, unless you pass --fields.`)
  withOutputOptions(list, LIST_FORMATS).action(listClients)
  const get = client
    .command('get')
    .summary('show one application')
    .description(`Shows one application. ${FIELDS}`)
    .argument(...CLIENT_ID)
  withOutputOptions(get, ITEM_FORMATS).action(getClient)
  clientUpdateCommand(client)
  clientRotateSecretCommand(client)
  client
    .command('delete')
    .summary('delete an application')
    .description('Deletes an application and ends all of its connections at once.')
    .argument(...CLIENT_ID)
    .option('--yes', 'do not ask')
    .action(deleteClient)
}

async function listClients(output: OutputOptions): Promise<void> {
  await withOAuth('read', async ({ clients }) => {
    const items = (await clients.list()).map(toItem)
    lines(formatItems(items, CLIENT, output.format === 'table' ? { fields: COLUMNS, ...output } : output))
  })
}

async function getClient(clientId: string, output: OutputOptions): Promise<void> {
  await withOAuth('read', async ({ clients }) => lines(formatItem(toItem(await clients.get(clientId)), CLIENT, output)))
}

async function deleteClient(clientId: string, { yes }: { yes?: true }): Promise<void> {
  await withOAuth('change', async ({ clients }) => {
    // An application with a client ID metadata document has no name here, only its URL.
    const name = clientId.startsWith('https://') ? clientId : (await clients.get(clientId)).name
    if (!yes && !(await confirm(printable(`Delete ${name} and end all of its connections?`)))) {
      throw new CliError('Nothing was deleted. Answer y or pass --yes.')
    }
    await clients.delete(clientId)
    success(`Deleted client ${clientId}.`)
  })
}
