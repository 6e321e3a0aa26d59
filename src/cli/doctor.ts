import { type Command, Option } from 'commander'
import type { LocalizedCheckResult } from '../doctor/check.ts'
import { CliError } from './errors.ts'
import { line, lines, success } from './messages.ts'
import { printable } from './printable.ts'
import { withConnect } from './with-site.ts'

interface DoctorOptions {
  format: 'list' | 'json'
}

const DETAILS = `
The site must be running: the command calls it as an application would. It exits with 1 if a check fails. Without --app it
needs what the site was started with: SITE_URL, DATABASE_URL and CONNECT_SECRET.

Examples:
  $ koa-wp-connect doctor
  $ koa-wp-connect doctor --app=./connect.js --format=json`

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('check that the site works as applications need it')
    .description(
      'Checks that the tables are up to date, that this site responds at its address, and that the Authorization header, ' +
        'https and the addresses of callers reach it. With OAuth, also checks the metadata. Changes nothing.',
    )
    .addOption(new Option('--format <format>', 'output format').choices(['list', 'json']).default('list'))
    .addHelpText('after', DETAILS)
    .action(examine)
}

async function examine({ format }: DoctorOptions): Promise<void> {
  // Does not migrate: whether the tables are up to date is one of the checks.
  await withConnect({ none: 'refuse', migrates: false, secret: true, unavailable: true }, async connect => {
    const found = await connect.doctor()
    const failed = found.filter(({ status }) => status === 'fail').length
    if (format === 'json') line(printable(JSON.stringify(found)))
    else lines(found.flatMap(describe))
    if (failed > 0) throw new CliError(failed === 1 ? '1 check failed.' : `${failed} checks failed.`)
    if (format === 'list') success('No check failed.')
  })
}

const describe = ({ status, message, advice }: LocalizedCheckResult): string[] => [
  `${status.padEnd(4)}  ${printable(message)}`,
  ...(advice === undefined ? [] : [`      ${printable(advice)}`]),
]
