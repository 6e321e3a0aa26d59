/** A message to show in the reader's language: its id, and the values of its placeholders. */
export interface MessageRef {
  id: string
  values?: Values
}

export type Values = Readonly<Record<string, string | number | MessageRef>>

/**
 * A message: text with placeholders such as `{name}`. If one of them is `{count}`, it can have one text per plural form.
 */
export type Message = string | PluralForms

/** The texts of a message for each plural form of its `{count}`, by CLDR's names. A missing form falls back to `other`. */
export interface PluralForms {
  zero?: string
  one?: string
  two?: string
  few?: string
  many?: string
  other: string
}

/** Messages by their ids, as in a file of `templates/languages/`. */
export type Messages = Readonly<Record<string, Message>>

const PLACEHOLDER = /\{([a-z]\w*)\}/gi

/** Returns a message's text with its placeholders, in the plural form that fits the value of `count`. */
export const textOf = (message: Message, rules: Intl.PluralRules, { count }: Values): string =>
  typeof message === 'string' ? message : (message[rules.select(Number(count))] ?? message.other)

/** Replaces each `{name}` by its value. A placeholder without a value stays as it is. */
export const fill = (text: string, write: (name: string) => string | undefined): string =>
  text.replace(PLACEHOLDER, (placeholder, name: string) => write(name) ?? placeholder)

export const placeholdersOf = (text: string): Set<string> =>
  new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))
