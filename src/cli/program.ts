import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { Command, CommanderError } from 'commander'
import { appFile, chooseApp } from './app-file.ts'
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
import { endProcess, watchOutput } from './streams.ts'
import { COMMAND, withCommand } from './typed-command.ts'
import { userCommands } from './user.ts'

const HELP = `
Commands and flags are named as WP-CLI names them, where it has them.

For your own app, pass --app with the file that exports the result of its createConnect(), or set CONNECT_APP. Without it the
commands work on the site of "serve", and read the same environment: DATABASE_URL (sqlite:data/site.db by default),
SITE_URL, SITE_NAME, CONNECT_SECRET and others: see docs/run/configuration.md.

Examples:
  $ koa-wp-connect serve
  $ koa-wp-connect user create bob bob@example.com --role=author
  $ koa-wp-connect user application-password create bob Zapier
  $ koa-wp-connect client create --name=Shop --redirect-uri=https://shop.example/callback
  $ koa-wp-connect --app=./connect.js user application-password list anna`

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** Runs a command. It catches all errors, prints them and sets the exit code. */
export async function run(args: readonly string[], given: Io): Promise<void> {
  setIo(given)
  chooseApp(undefined, undefined)
  watchOutput()
  const program = createProgram()
  try {
    await program.parseAsync(withHelpLast(program, args), { from: 'user' })
  } catch (thrown) {
    fail(thrown)
  }
  // Resources of the app, such as its Knex, would keep the process alive.
  if (appFile !== null) await endProcess()
}

function createProgram(): Command {
  const program = new Command(COMMAND)
    .description(
      'Application passwords and OAuth for a Koa site, the WordPress way. Runs the site, and manages its users and the ' +
        'applications that may ask them for access.',
    )
    .version(version)
    .option('--app <file>', 'your own app: the file that exports the result of its createConnect() (CONNECT_APP)')
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', root => {
      chooseApp(root.opts<{ app?: string }>().app, io.env.CONNECT_APP)
      // An app's background work, such as a server, fails outside of the command.
      if (appFile !== null && io.exit) process.once('uncaughtException', failAndEnd)
    })
    .addHelpText('after', HELP)
    .configureOutput({
      writeOut: text => io.stdout.write(withCommand(text)),
      writeErr: text => io.stderr.write(withCommand(text)),
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

function failAndEnd(thrown: unknown): void {
  fail(thrown)
  void endProcess()
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
