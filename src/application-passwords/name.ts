import { ConnectError } from '../errors.ts'

export const LONGEST_NAME = 200

/**
 * The name that is kept of what somebody sent, by the rules of WordPress's `sanitize_text_field()`: no tags, nor what
 * stands in a script or style; no percent-encoded bytes; runs of white space become one space.
 *
 * @throws ConnectError `application_password_name_too_long`; `application_password_empty_name` when nothing is left, or
 * only "0", which PHP takes for empty.
 */
export function applicationPasswordName(sent: string): string {
  if ([...sent].length > LONGEST_NAME) throw new ConnectError('application_password_name_too_long')
  const name = sent
    .replace(/<(script|style)[^>]*>.*?<\/\1\s*>/gis, '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<\/?[a-z!?][^>]*(>|$)/gi, '')
    .replace(/%[a-f0-9]{2}/gi, '')
    .replace(CONTROLS, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (name === '' || name === '0') throw new ConnectError('application_password_empty_name')
  return name
}

/** Control characters, and those that turn the direction of writing: they can make a name read as another. */
const CONTROLS =
  /[\p{Cc}\u202A-\u202E\u2066-\u2069\uFFFD]+|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu
