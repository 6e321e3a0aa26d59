import { appFile, isAppTyped } from './app-file.ts'

/** How commands are typed: in a clone with the TypeScript source, otherwise with the built package. */
export const COMMAND = import.meta.url.endsWith('.ts') ? 'npm run cli --' : 'npx koa-wp-connect'

/** Returns a command that people can copy from a hint. It includes the current `--app`. */
export function typed(command: string): string {
  const app = isAppTyped && appFile !== null ? `--app=${quoted(appFile)} ` : ''
  return `${COMMAND} ${app}${command}`
}

/** Replaces the command in the examples of a help text in the same way. */
export const withCommand = (help: string): string =>
  help.replace(/^( *\$ (?:[A-Z_]+=\S+ )*)koa-wp-connect(?= )/gm, `$1${COMMAND}`)

const quoted = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
