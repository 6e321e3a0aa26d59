import { ConnectError } from '../errors.ts'
import { withoutControls } from '../values/controls.ts'

export const MAX_NAME = 200

/**
 * Sanitizes a name by the rules of WordPress's `sanitize_text_field()`. It removes tags, the content of scripts and styles,
 * and percent-encoded bytes. Runs of white space become one space.
 *
 * @throws ConnectError `application_password_name_too_long`; `application_password_empty_name` if nothing is left, or only
 * "0", which PHP treats as empty
 */
export function applicationPasswordName(sent: string): string {
  if ([...sent].length > MAX_NAME) throw new ConnectError('application_password_name_too_long')
  const withoutTags = sent
    .replace(/<(script|style)[^>]*>.*?<\/\1\s*>/gis, '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<\/?[a-z!?][^>]*(>|$)/gi, '')
    .replace(/%[a-f0-9]{2}/gi, '')
  const name = withoutControls(withoutTags, ' ')
    .replace(/[\s\uFFFD]+/g, ' ')
    .trim()
  if (name === '' || name === '0') throw new ConnectError('application_password_empty_name')
  return name
}
