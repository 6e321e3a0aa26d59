import { appFile, isAppTyped } from './app-file.ts'

/** How commands are typed here: a clone runs the TypeScript, and an installed package what was built of it. */
export const COMMAND = import.meta.url.endsWith('.ts') ? 'npm run cli --' : 'npx koa-wp-connect'

/** A command as people can copy it from a hint, on the app that this one works on. */
export function typed(command: string): string {
  const app = isAppTyped && appFile !== null ? `--app=${quoted(appFile)} ` : ''
  return `${COMMAND} ${app}${command}`
}

/** The examples of a help text, in the same way. */
export const withCommand = (help: string): string =>
  help.replace(/^( *\$ (?:[A-Z_]+=\S+ )*)koa-wp-connect(?= )/gm, `$1${COMMAND}`)

const quoted = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
