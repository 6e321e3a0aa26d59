import { FALLBACK } from './files.ts'
import { fill, type Message, type MessageRef, type Messages, textOf, type Values } from './messages.ts'

/** A language: its messages, and its formats of dates and numbers. */
export interface Language {
  /** A tag of RFC 5646, such as `de` or `pt-BR`. */
  tag: string
  direction: 'ltr' | 'rtl'
  /**
   * Returns a message with its placeholders, in the plural form for `count`.
   *
   * @throws Error for an unknown id
   */
  message(id: string, values?: Values): string
  /** Formats the value of a placeholder. */
  write(value: string | number | MessageRef): string
  /** Returns the complete text of a message. */
  say(message: MessageRef): string
  /** Formats a time (Unix seconds) in UTC. */
  date(seconds: number): string
}

/** Scripts written from right to left. By script, because `az-Arab` and `az` differ. */
const RIGHT_TO_LEFT = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg', 'Mand', 'Samr', 'Mend'])

/**
 * @param tag as in {@link Language}
 * @param sources the language's own messages first, then those of its fallback languages, with their tags
 */
export function createLanguage(tag: string, sources: readonly (readonly [tag: string, Messages])[]): Language {
  // A message from a fallback language uses that language's plural rules.
  const found = new Map<string, { message: Message; rules: Intl.PluralRules; turned: Turn }>()
  const direction = directionOf(tag)
  for (const [from, messages] of [...sources].reverse()) {
    const rules = new Intl.PluralRules([from, FALLBACK])
    const turned = directionOf(from) === direction ? null : directionOf(from)
    for (const [id, message] of Object.entries(messages)) found.set(id, { message, rules, turned })
  }
  // Without a fallback, Intl would use the machine's language for an unknown one.
  const locales = [tag, FALLBACK]
  const numbers = new Intl.NumberFormat(locales)
  const dates = new Intl.DateTimeFormat(locales, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

  const language: Language = {
    tag,
    direction,
    message(id, values = {}) {
      const entry = found.get(id)
      if (!entry) throw new Error(`templates/languages/en.json has no message ${JSON.stringify(id)}.`)
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

/** The direction of a message from a fallback language, if it differs. */
type Turn = Language['direction'] | null

/** Unicode's LEFT-TO-RIGHT ISOLATE, RIGHT-TO-LEFT ISOLATE and FIRST STRONG ISOLATE. */
const ISOLATES = { ltr: '\u2066', rtl: '\u2067', auto: '\u2068' }

/**
 * Keeps the order of a text in another direction and of the text around it: otherwise an address or an English sentence
 * within Arabic would be scrambled. This works where no markup is possible, such as in a label.
 */
const isolate = (text: string, direction: keyof typeof ISOLATES) => `${ISOLATES[direction]}${text}\u2069`
