import { readFileSync } from 'node:fs'
import type { Messages } from './messages.ts'

const read = (tag: string): Messages =>
  JSON.parse(readFileSync(new URL(`../../templates/languages/${tag}.json`, import.meta.url), 'utf8'))

/** The language that has all messages. Other languages fall back to it. */
export const FALLBACK = 'en'

export const ENGLISH = read(FALLBACK)

/** The languages that the package includes, by their tags (RFC 5646). */
export const OWN_LANGUAGES: Readonly<Record<string, Messages>> = { [FALLBACK]: ENGLISH, de: read('de') }
