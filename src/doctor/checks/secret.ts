import type { Check } from '../check.ts'

/** Can nobody guess the secret? Whoever does can sign form tokens and cookies of this site. What it is is never told. */
export const secretCheck: Check = {
  name: 'secret',
  isForAdministrators: true,
  judge({ secret }) {
    const weakness = weaknessOf(secret)
    if (weakness === null) return { status: 'ok', says: { id: 'doctor.secret.ok' } }
    return {
      status: 'fail',
      says: { id: 'doctor.secret.weak', values: { why: { id: weakness } } },
      advice: { id: 'doctor.secret.weak.advice' },
    }
  },
}

/** 32 random hex digits never have fewer: not in a hundred million. */
const FEWEST_CHARACTERS = 6
/** Of 77 random decimal digits a quarter follow the one before, and half of them in one of fifty thousand. */
const MAX_IN_A_ROW = 0.75
/** A piece that is repeated counts once; so long a one is random enough. */
const SHORTEST_RANDOM = 22
const PLACEHOLDER =
  /change.?me|replace.?me|your.?secret|secret.?key|supersecret|password|example|default|placeholder|qwerty|lorem.?ipsum/i
/** Four or more, each in capitals or in small letters: what is random, and has dashes, mixes them. */
const WORDS = /^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[ ,.'-]+(?:[A-Z]?[a-z]+|[A-Z]+)){3,}[.!?]?$/

/** @returns why a secret is not as good as its length, by the id of its message; null if nothing speaks against it. */
export function weaknessOf(secret: string): string | null {
  if (secret.length < 32) return 'doctor.secret.short'
  if (new Set(secret).size < FEWEST_CHARACTERS) return 'doctor.secret.few-characters'
  if (periodOf(secret) < SHORTEST_RANDOM) return 'doctor.secret.repeats'
  if (PLACEHOLDER.test(secret)) return 'doctor.secret.placeholder'
  if (neighboursIn(secret) > secret.length * MAX_IN_A_ROW) return 'doctor.secret.in-a-row'
  if (WORDS.test(secret)) return 'doctor.secret.of-words'
  return null
}

/** The length of the piece that the text repeats, the last time perhaps not to its end. */
function periodOf(text: string): number {
  for (let length = 1; length < text.length; length++) if (text.startsWith(text.slice(length))) return length
  return text.length
}

/** How many characters are the one before, or stand next to it in the alphabet. */
const neighboursIn = (text: string): number =>
  [...text].filter((_, at) => at > 0 && Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) <= 1).length
