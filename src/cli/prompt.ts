import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError } from './errors.ts'
import { io } from './io.ts'

export const isAtTerminal = (): boolean => io.stdin.isTTY === true

/**
 * Asks for a password, which does not show while it is typed. Questions go to stderr, so that stdout holds the answer only.
 *
 * @throws CliError when it was broken off
 */
export async function askPassword(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  // The terminal stops showing what is typed from here on; only then may somebody begin to type.
  const lines = createInterface({ input: io.stdin, output: nowhere, terminal: true })
  io.stderr.write(question)
  const typed = await firstLine(lines)
  io.stderr.write('\n')
  if (typed === null) throw new CliError('Cancelled; nothing was changed.')
  return typed
}

/** Whether the answer is y: typed, or the first line of what is piped in. */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: isAtTerminal() })
  lines.setPrompt(`${question} [y/n] `)
  lines.prompt()
  const typed = await firstLine(lines)
  if (typed === null) io.stderr.write('\n')
  return typed?.trim().toLowerCase() === 'y'
}

/** Null when the input ended, or Ctrl-C was pressed, before the end of a line. */
async function firstLine(lines: Interface): Promise<string | null> {
  const typed = await new Promise<string | null>(resolve => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(null))
  })
  lines.close()
  return typed
}
