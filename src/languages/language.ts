import { FALLBACK } from './files.ts'
import { fill, type Message, type MessageRef, type Messages, textOf, type Values } from './words.ts'

/** What a reader reads: messages, and dates and numbers as they are written there. */
export interface Language {
  /** As RFC 5646 has them, such as `de` or `pt-BR`. */
  tag: string
  direction: 'ltr' | 'rtl'
  /** The message with its placeholders, in the form that fits a `count` among its values. @throws Error for an unknown id */
  message(id: string, values?: Values): string
  /** One value of a placeholder, as it is read. */
  write(value: string | number | MessageRef): string
  /** A whole text. */
  say(words: MessageRef): string
  /** A moment (Unix seconds), in UTC. */
  date(seconds: number): string
}

/** Scripts that are written from right to left; by the script, because `az-Arab` and `az` differ. */
const RIGHT_TO_LEFT = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg', 'Mand', 'Samr', 'Mend'])

/**
 * @param tag as in {@link Language}
 * @param sources the language's own messages first, then those of each that it falls back to, with their tags
 */
export function createLanguage(tag: string, sources: readonly (readonly [tag: string, Messages])[]): Language {
  // A message that another language lends has its plural forms by that language's rules.
  const found = new Map<string, { message: Message; rules: Intl.PluralRules; turned: Turn }>()
  const direction = directionOf(tag)
  for (const [from, messages] of [...sources].reverse()) {
    const rules = new Intl.PluralRules([from, FALLBACK])
    const turned = directionOf(from) === direction ? null : directionOf(from)
    for (const [id, message] of Object.entries(messages)) found.set(id, { message, rules, turned })
  }
  // A language that Intl does not know would get that of the machine.
  const locales = [tag, FALLBACK]
  const numbers = new Intl.NumberFormat(locales)
  const dates = new Intl.DateTimeFormat(locales, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

  const language: Language = {
    tag,
    direction,
    message(id, values = {}) {
      const entry = found.get(id)
      if (!entry) throw new Error(`There is no message ${JSON.stringify(id)} in templates/languages/en.json.`)
      const { message, rules, turned } = entry
      const text = textOf(message, rules, values)
      return turned ? isolate(text, turned) : text
    },
    write(value) {
      if (typeof value === 'number') return numbers.format(value)
      if (typeof value === 'object') return language.say(value)
      return direction === 'rtl' ? isolate(value, 'auto') : value
    },
    say({ id, values = {} }) {
      return fill(language.message(id, values), name => {
        const value = values[name]
        return value === undefined ? undefined : language.write(value)
      })
    },
    date: seconds => language.say({ id: 'date.utc', values: { moment: dates.format(seconds * 1000) } }),
  }
  return language
}

function directionOf(tag: string): Language['direction'] {
  return RIGHT_TO_LEFT.has(new Intl.Locale(tag).maximize().script ?? '') ? 'rtl' : 'ltr'
}

/** The direction of a message that another language lends, where it is not the language's own. */
type Turn = Language['direction'] | null

/** Unicode's LEFT-TO-RIGHT ISOLATE, RIGHT-TO-LEFT ISOLATE and FIRST STRONG ISOLATE. */
const ISOLATES = { ltr: '\u2066', rtl: '\u2067', auto: '\u2068' }

/**
 * Keeps the order of a text's own parts, and of those around it: an address or an English sentence amid Arabic would end in
 * its beginning. Also where no markup can, as in a label.
 */
const isolate = (text: string, direction: keyof typeof ISOLATES) => `${ISOLATES[direction]}${text}\u2069`
