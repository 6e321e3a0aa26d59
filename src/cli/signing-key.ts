import type { Command } from 'commander'
import { success } from './messages.ts'
import { withOAuth } from './with-site.ts'

export function signingKeyCommands(program: Command): void {
  program
    .command('signing-key')
    .summary('the key that signs ID tokens')
    .description('Replaces the key that signs ID tokens.')
    .command('rotate')
    .summary('make a new key')
    .description(
      'Makes a new key. It is published at once and begins to sign in ten minutes; what the old key signed stays good.',
    )
    .action(rotateSigningKey)
}

async function rotateSigningKey(): Promise<void> {
  await withOAuth(
    'change',
    async oauth => success(`Made signing key ${await oauth.rotateSigningKey()}. It begins to sign in ten minutes.`),
    // The key is stored encrypted under it.
    { secret: true },
  )
}
