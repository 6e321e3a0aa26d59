import type { Command } from 'commander'
import { collect, type DetailsOptions, detailsOf, LEGACY, withDetails } from './client-options.ts'
import { CLIENT_ID } from './client-output.ts'
import { CliError } from './errors.ts'
import { success } from './messages.ts'
import { withOAuth } from './with-site.ts'

export function clientUpdateCommand(client: Command): void {
  const update = client
    .command('update')
    .summary('change an application')
    .description('Changes an application. What is not named stays, and so do its secret and its connections.')
    .argument(...CLIENT_ID)
    .option('--name <name>', 'as users read it when they are asked')
    .option('--redirect-uri <uri>', 'in place of all it had; may be given again', collect)
    .option('--legacy', LEGACY)
    .option('--no-legacy', 'the opposite')
  withDetails(update).action(updateClient)
}

async function updateClient(clientId: string, options: DetailsOptions): Promise<void> {
  const changes = detailsOf(options)
  if (Object.keys(changes).length === 0) {
    throw new CliError(
      'Need something to change: --name, --redirect-uri, --website, --description, --legacy or --no-legacy.',
    )
  }
  await withOAuth('change', async ({ clients }) => {
    await clients.update(clientId, changes)
    success(`Updated client ${clientId}.`)
  })
}
