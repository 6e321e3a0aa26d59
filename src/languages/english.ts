import { ENGLISH } from './files.ts'
import { fill, type MessageRef, textOf } from './messages.ts'

const RULES = new Intl.PluralRules('en')

/** Returns a message for programs and the command line: the text of en.json, whatever the language of the pages. */
export function english({ id, values = {} }: MessageRef): string {
  const message = ENGLISH[id]
  if (message === undefined) throw new Error(`templates/languages/en.json has no message ${JSON.stringify(id)}.`)
  return fill(textOf(message, RULES, values), name => {
    const value = values[name]
    if (value === undefined) return undefined
    return typeof value === 'object' ? english(value) : value.toLocaleString('en')
  })
}
