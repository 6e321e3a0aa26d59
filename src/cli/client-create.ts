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
    .description('Registers an application. Shows its client ID and, only once, its secret.')
    .requiredOption('--name <name>', 'name that users see when the application asks for access')
    .requiredOption('--redirect-uri <uri>', 'exact address that users are sent back to; repeatable', collect)
    .addOption(
      new Option('--type <type>', 'web: on a server, with a secret; native: on the user’s device, without one')
        .choices(['web', 'native'])
        .default('web'),
    )
    .option('--legacy', LEGACY)
  withSecretOptions(withDetails(create), 'print only the new client ID')
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
