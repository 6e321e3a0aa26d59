import { error } from './messages.ts'

/** What becomes of output that cannot be written: one line on stderr, where that can be, and never a stack. */
export function watchOutput(): void {
  process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    // `| head` reads only so much: nothing went wrong.
    if (failure.code === 'EPIPE') return
    if (!process.exitCode)
      error(failure.code === 'ENOSPC' ? NO_SPACE : `The output cannot be written: ${failure.code}.`)
    process.exitCode = 1
  })
  process.stderr.on('error', () => {
    process.exitCode = 1
  })
}

const NO_SPACE = 'The output cannot be written: no space is left on the device.'
