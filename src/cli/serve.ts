import type { Command } from 'commander'
import { io } from './io.ts'

const DETAILS = `
The first start makes an administrator and shows the password, this once: ADMIN_USER, ADMIN_EMAIL and ADMIN_PASSWORD
say otherwise. SIGTERM and Ctrl-C end the server after the requests that are under way.

Example:
  $ PORT=3000 SITE_URL=https://example.com TRUST_PROXY=on koa-wp-connect serve`

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .summary('run the site')
    .description('Brings the tables up to date and runs the site, with users of its own.')
    .addHelpText('after', DETAILS)
    .action(serveSite)
}

async function serveSite(): Promise<void> {
  // Loaded only now, as in `withAnySite()`.
  const { readConfig } = await import('../server/config.ts')
  const { serve } = await import('../server/serve.ts')
  await serve(readConfig(io.env))
}
