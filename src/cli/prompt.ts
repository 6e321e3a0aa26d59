import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError } from './errors.ts'
import { io } from './io.ts'

export const isAtTerminal = (): boolean => io.stdin.isTTY === true

/**
 * Asks for a password without showing it. Questions go to stderr, so that stdout contains only the result.
 *
 * @throws CliError if the user cancels
 */
export async function askPassword(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  // This turns off the terminal's echo, so it comes before the question.
  const lines = createInterface({ input: io.stdin, output: nowhere, terminal: true })
  io.stderr.write(question)
  const typed = await firstLine(lines)
  io.stderr.write('\n')
  if (typed === null) throw new CliError('Cancelled; nothing was changed.')
  return typed
}

/** Whether the answer is y, typed or in the first line of piped input. */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: isAtTerminal() })
  lines.setPrompt(`${question} [y/n] `)
  lines.prompt()
  const typed = await firstLine(lines)
  if (typed === null) io.stderr.write('\n')
  return typed?.trim().toLowerCase() === 'y'
}

/** Returns null if the input ends, or Ctrl-C is pressed, before the end of a line. */
async function firstLine(lines: Interface): Promise<string | null> {
  const typed = await new Promise<string | null>(resolve => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(null))
  })
  lines.close()
  return typed
}
