import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { Command, CommanderError } from 'commander'
import { clientCommands } from './client.ts'
import { doctorCommand } from './doctor.ts'
import { describeError, isBug } from './errors.ts'
import { exportCommands } from './export.ts'
import { pointToHelp, withHelpLast } from './help.ts'
import { importCommands } from './import.ts'
import { type Io, io, setIo } from './io.ts'
import { error } from './messages.ts'
import { migrateCommand } from './migrate.ts'
import { printable } from './printable.ts'
import { serveCommand } from './serve.ts'
import { signingKeyCommands } from './signing-key.ts'
import { watchOutput } from './streams.ts'
import { userCommands } from './user.ts'

const HELP = `
Commands and flags are named as WP-CLI names them, where it has them. All read the same environment as the server:
DATABASE_URL (sqlite:data/site.db by default), SITE_URL, SITE_NAME, CONNECT_SECRET, HOST, PORT, WP_ENVIRONMENT_TYPE,
TRUST_PROXY and others: see docs/run/configuration.md.

Examples:
  $ koa-wp-connect serve
  $ koa-wp-connect user create bob bob@example.com --role=author
  $ koa-wp-connect user application-password create bob Zapier
  $ koa-wp-connect client create --name=Shop --redirect-uri=https://shop.example/callback`

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** Runs a command. It catches all errors, prints them and sets the exit code. */
export async function run(args: readonly string[], given: Io): Promise<void> {
  setIo(given)
  watchOutput()
  const program = createProgram()
  try {
    await program.parseAsync(withHelpLast(program, args), { from: 'user' })
  } catch (thrown) {
    fail(thrown)
  }
}

function createProgram(): Command {
  const program = new Command('koa-wp-connect')
    .description(
      'Application passwords and OAuth for a Koa site, the WordPress way. Runs the site, and manages its users and the ' +
        'applications that may ask them for access.',
    )
    .version(version)
    .addHelpText('after', HELP)
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
      outputError: (text, write) => write(asError(text)),
    })
    .exitOverride()
  serveCommand(program)
  migrateCommand(program)
  doctorCommand(program)
  userCommands(program)
  clientCommands(program)
  signingKeyCommands(program)
  importCommands(program)
  exportCommands(program)
  pointToHelp(program)
  return program
}

function fail(thrown: unknown): void {
  // Commander has already printed the error, or the help.
  if (thrown instanceof CommanderError) {
    io.exitCode = thrown.exitCode
    return
  }
  io.exitCode = 1
  if (isBug(thrown)) io.stderr.write(`${asError(inspect(thrown))}\n`)
  else error(describeError(thrown))
}

/** Formats Commander's messages like all others. */
function asError(text: string): string {
  return text
    .replace(/^error:/, 'Error:')
    .split('\n')
    .map(printable)
    .join('\n')
}
