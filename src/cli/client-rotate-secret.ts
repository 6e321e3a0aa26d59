import type { Command } from 'commander'
import { CLIENT_ID, type SecretOptions, showWithSecret, withSecretOptions } from './client-output.ts'
import { line } from './messages.ts'
import { withOAuth } from './with-site.ts'

export function clientRotateSecretCommand(client: Command): void {
  const rotate = client
    .command('rotate-secret')
    .summary('create a new secret for an application')
    .description('Creates a new secret for an application and shows it once. The old one is refused at once.')
    .argument(...CLIENT_ID)
  withSecretOptions(rotate, 'print only the new secret').action(rotateSecret)
}

async function rotateSecret(clientId: string, options: SecretOptions): Promise<void> {
  await withOAuth('change', async ({ clients }) => {
    const rotated = await clients.rotateSecret(clientId)
    if (options.porcelain) return line(rotated.secret ?? '')
    showWithSecret(rotated, `Created a new secret for client ${clientId}.`, options)
  })
}
