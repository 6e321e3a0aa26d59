import type { Writable } from 'node:stream'
import { io } from './io.ts'
import { error } from './messages.ts'

/** Handles output errors: one line on stderr, if that still works, and never a stack. */
export function watchOutput(): void {
  io.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    // `| head` stops reading early. That is not an error.
    if (failure.code === 'EPIPE') return
    if (!io.exitCode) error(failure.code === 'ENOSPC' ? NO_SPACE : `The output cannot be written: ${failure.code}.`)
    io.exitCode = 1
  })
  io.stderr.on('error', () => {
    io.exitCode = 1
  })
}

/** Ends the process after all output was written. */
export async function endProcess(): Promise<void> {
  await Promise.all([io.stdout, io.stderr].map(written))
  io.exit?.()
}

const written = (stream: Writable): Promise<void> =>
  new Promise(resolve => {
    if (stream.destroyed) resolve()
    else stream.write('', () => resolve())
  })

const NO_SPACE = 'The output cannot be written: no space is left on the device.'
