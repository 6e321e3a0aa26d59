import type { Command } from 'commander'
import { success } from './messages.ts'
import { withOAuth } from './with-site.ts'

export function signingKeyCommands(program: Command): void {
  program
    .command('signing-key')
    .summary('manage the key that signs ID tokens')
    .description('Replaces the key that signs ID tokens.')
    .command('rotate')
    .summary('create a new key')
    .description(
      'Creates a new key. It is published at once and begins to sign in ten minutes. ID tokens of the old key stay valid.',
    )
    .action(rotateSigningKey)
}

async function rotateSigningKey(): Promise<void> {
  await withOAuth(
    'change',
    async oauth => success(`Created signing key ${await oauth.rotateSigningKey()}. It begins to sign in ten minutes.`),
    // The new key is encrypted with the secret.
    { secret: true },
  )
}
