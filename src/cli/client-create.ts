import { type Command, Option } from 'commander'
import { collect, type DetailsOptions, detailsOf, LEGACY, withDetails } from './client-options.ts'
import { type SecretOptions, showWithSecret, withSecretOptions } from './client-output.ts'
import { line } from './messages.ts'
import { withOAuth } from './with-site.ts'

type CreateOptions = SecretOptions &
  DetailsOptions & {
    name: string
    redirectUri: string[]
    type: 'web' | 'native'
  }

const EXAMPLES = `
Examples:
  $ koa-wp-connect client create --name=Shop --redirect-uri=https://shop.example/callback
  $ koa-wp-connect client create --name="Shop for Linux" --type=native --redirect-uri=http://127.0.0.1/callback`

export function clientCreateCommand(client: Command): void {
  const create = client
    .command('create')
    .summary('register an application')
    .description('Registers an application and shows its client ID and its secret, the secret this once.')
    .requiredOption('--name <name>', 'as users read it when they are asked')
    .requiredOption('--redirect-uri <uri>', 'where users are sent back to, exactly; may be given again', collect)
    .addOption(
      new Option('--type <type>', 'web has a server, and a secret; native runs on the user’s device, and has none')
        .choices(['web', 'native'])
        .default('web'),
    )
    .option('--legacy', LEGACY)
  withSecretOptions(withDetails(create), 'show the new client ID only')
    .addHelpText('after', EXAMPLES)
    .action(createClient)
}

async function createClient(options: CreateOptions): Promise<void> {
  const { name, redirectUri: redirectUris, type } = options
  await withOAuth('make', async ({ clients }) => {
    const created = await clients.create({ ...detailsOf(options), name, redirectUris, type })
    if (options.porcelain) return line(created.client.clientId)
    showWithSecret(created, `Created client ${created.client.clientId}.`, options)
  })
}
