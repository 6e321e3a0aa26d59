import type { Readable, Writable } from 'node:stream'

/** What a command has of the process that it runs in. */
export interface Io {
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean }
  stderr: Writable
  env: NodeJS.ProcessEnv
  exitCode?: NodeJS.Process['exitCode']
}

/** The process itself, unless a test runs the command in its own. One command runs at a time. */
export let io: Io = process

export function setIo(given: Io): void {
  io = given
}
