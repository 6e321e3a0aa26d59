import { randomInt } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 24

/** Generates an application password: 24 random letters and digits, 142 bits. */
export function generatePassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

/** Formats a password for people: `abcd EFGH 1234 ijkl MNOP 6789`. */
export function chunkPassword(password: string): string {
  return password.replace(/(.{4})(?!$)/g, '$1 ')
}

/**
 * Keeps only the letters and digits of a typed or pasted password, as WordPress does. So spaces, dashes and line breaks do
 * no harm.
 */
export function normalisePassword(typed: string): string {
  return typed.replace(/[^A-Za-z0-9]/g, '')
}
