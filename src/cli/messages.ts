import { io } from './io.ts'
import { printable } from './printable.ts'

/** Writes a line of the result to stdout. */
export const line = (text: string): void => void io.stdout.write(`${text}\n`)
export const lines = (texts: readonly string[]): void => texts.forEach(line)

export const success = (message: string): void => line(`Success: ${printable(message)}`)

export const warning = (message: string): void => void io.stderr.write(`Warning: ${printable(message)}\n`)

export const error = (message: string): void => void io.stderr.write(`Error: ${printable(message)}\n`)
