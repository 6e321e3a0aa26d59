import type { Command } from 'commander'
import { io } from './io.ts'

const DETAILS = `
The first start creates an administrator and shows the password once. ADMIN_USER, ADMIN_EMAIL and ADMIN_PASSWORD set
its data. SIGTERM and Ctrl+C stop the server after it has finished the requests in flight.

Example:
  $ PORT=3000 SITE_URL=https://example.com TRUST_PROXY=on koa-wp-connect serve`

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .summary('run the site')
    .description('Migrates the tables and runs the site, with embedded users.')
    .addHelpText('after', DETAILS)
    .action(serveSite)
}

async function serveSite(): Promise<void> {
  // Imported only here, as in `withAnySite()`.
  const { readConfig } = await import('../server/config.ts')
  const { serve } = await import('../server/serve.ts')
  await serve(readConfig(io.env))
}
