import type { Command } from 'commander'
import { CLIENT_ID, type SecretOptions, showWithSecret, withSecretOptions } from './client-output.ts'
import { line } from './messages.ts'
import { withOAuth } from './with-site.ts'

export function clientRotateSecretCommand(client: Command): void {
  const rotate = client
    .command('rotate-secret')
    .summary('give an application a new secret')
    .description('Gives an application a new secret and shows it, this once. The old one is refused at once.')
    .argument(...CLIENT_ID)
  withSecretOptions(rotate, 'show the new secret only').action(rotateSecret)
}

async function rotateSecret(clientId: string, options: SecretOptions): Promise<void> {
  await withOAuth('change', async ({ clients }) => {
    const rotated = await clients.rotateSecret(clientId)
    if (options.porcelain) return line(rotated.secret ?? '')
    showWithSecret(rotated, `Gave client ${clientId} a new secret.`, options)
  })
}
