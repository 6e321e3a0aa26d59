import type { Readable, Writable } from 'node:stream'

/** The parts of the process that commands use. */
export interface Io {
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean }
  stderr: Writable
  env: NodeJS.ProcessEnv
  exitCode?: NodeJS.Process['exitCode']
  /** Ends the process, if the command has one to itself. */
  exit?(): void
}

/** The process itself, unless a test replaces it. Only one command runs at a time. */
export let io: Io = process

export function setIo(given: Io): void {
  io = given
}
