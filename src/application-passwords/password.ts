import { randomInt } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 24

/** A new application password: 24 random letters and digits, 142 bits. */
export function generatePassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

/** As people see it: `abcd EFGH 1234 ijkl MNOP 6789`. */
export function chunkPassword(password: string): string {
  return password.replace(/(.{4})(?!$)/g, '$1 ')
}

/**
 * What counts of a password that somebody typed or pasted: its letters and digits. WordPress drops all else too, so
 * spaces, dashes and line ends do no harm.
 */
export function normalisePassword(typed: string): string {
  return typed.replace(/[^A-Za-z0-9]/g, '')
}
