import { readFileSync } from 'node:fs'
import type { Messages } from './words.ts'

const read = (tag: string): Messages =>
  JSON.parse(readFileSync(new URL(`../../templates/languages/${tag}.json`, import.meta.url), 'utf8'))

/** The language that every message is there in, and that another one falls back to. */
export const FALLBACK = 'en'

export const ENGLISH = read(FALLBACK)

/** The languages that come with the package, by their tags (RFC 5646). */
export const OWN_LANGUAGES: Readonly<Record<string, Messages>> = { [FALLBACK]: ENGLISH, de: read('de') }
