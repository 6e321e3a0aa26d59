/** Something to say, in whatever language the reader has: the id of a message, and what goes into its placeholders. */
export interface MessageRef {
  id: string
  values?: Values
}

export type Values = Readonly<Record<string, string | number | MessageRef>>

/** A message: plain text with placeholders such as `{name}`; where there is a `{count}`, one for each of its plural forms. */
export type Message = string | PluralForms

/** A message by the plural form of its `{count}`, under CLDR's names; a form that is not there is said as `other`. */
export interface PluralForms {
  zero?: string
  one?: string
  two?: string
  few?: string
  many?: string
  other: string
}

/** Messages by their ids, as a file in `templates/languages/` has them. */
export type Messages = Readonly<Record<string, Message>>

const PLACEHOLDER = /\{([a-z]\w*)\}/gi

/** A message's text with its placeholders, in the form that fits the `count` among its values. */
export const textOf = (message: Message, rules: Intl.PluralRules, { count }: Values): string =>
  typeof message === 'string' ? message : (message[rules.select(Number(count))] ?? message.other)

/** Puts values in place of `{name}`; a placeholder without a value stays as it is. */
export const fill = (text: string, write: (name: string) => string | undefined): string =>
  text.replace(PLACEHOLDER, (placeholder, name: string) => write(name) ?? placeholder)

export const placeholdersOf = (text: string): Set<string> =>
  new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))
