import type { Command } from 'commander'
import { success } from './messages.ts'
import { withSite } from './with-site.ts'

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
  await withSite(async ({ connect: { oauth } }) => {
    success(`Made signing key ${await oauth.rotateSigningKey()}. It begins to sign in ten minutes.`)
  })
}
