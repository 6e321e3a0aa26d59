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
    .description('Changes the given fields of an application. Its secret and its connections stay.')
    .argument(...CLIENT_ID)
    .option('--name <name>', 'name that users see when the application asks for access')
    .option('--redirect-uri <uri>', 'replaces all redirect addresses; repeatable', collect)
    .option('--legacy', LEGACY)
    .option('--no-legacy', 'no longer a legacy application')
  withDetails(update).action(updateClient)
}

async function updateClient(clientId: string, options: DetailsOptions): Promise<void> {
  const changes = detailsOf(options)
  if (Object.keys(changes).length === 0) {
    throw new CliError(
      'Nothing to change. Pass --name, --redirect-uri, --website, --description, --legacy or --no-legacy.',
    )
  }
  await withOAuth('change', async ({ clients }) => {
    await clients.update(clientId, changes)
    success(`Updated client ${clientId}.`)
  })
}
