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

const NO_SPACE = 'The output cannot be written: no space is left on the device.'
