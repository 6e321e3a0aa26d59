import type { Command } from 'commander'
import { appFile } from './app-file.ts'
import { CliError } from './errors.ts'
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
  if (appFile !== null)
    throw new CliError('serve runs the site of this package. Start your own app with its own command.')
  // Imported only here, as in `withConnect()`.
  const { readConfig } = await import('../server/config.ts')
  const { serve } = await import('../server/serve.ts')
  await serve(readConfig(io.env))
}
