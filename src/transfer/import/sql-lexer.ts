import { ConnectError } from '../../errors.ts'

/** The kinds of tokens in a dump. */
export type Kind = 'word' | 'name' | 'string' | 'mark' | 'end'

/** Four times the default size of a MySQL packet, and well below the maximum length of V8's strings. */
const MAX_TOKEN = 256 * 1024 ** 2

/** Keeps the text below that maximum, too. */
const MAX_WAIT = 64 * 1024 ** 2

/**
 * Splits a MySQL dump into tokens, while it arrives in pieces of any size. Texts have one byte per character (latin1): no
 * byte of a multibyte UTF-8 sequence can be mistaken for a quote or a backslash.
 */
export function createSqlLexer() {
  let text = ''
  /** Pieces that arrived since the last token in `text` was found to be incomplete. */
  let pieces: string[] = []
  let waiting = 0
  let at = 0
  let isComplete = false
  let kind: Kind = 'end'
  let from = 0

  function takePieces(): void {
    text = text.slice(at) + pieces.join('')
    at = 0
    pieces = []
    waiting = 0
  }

  /** @returns the end of the token that begins at `at`; -1 if more text is needed */
  function endOfToken(): number {
    const first = text.charCodeAt(at)
    if (first === QUOTE) {
      kind = 'string'
      return endOfQuoted(QUOTE)
    }
    if (first === BACKTICK || first === DOUBLE_QUOTE) {
      kind = 'name'
      return endOfQuoted(first)
    }
    let end = at
    while (end < text.length && isWordCode(text.charCodeAt(end))) end++
    if (end === text.length && !isComplete) return -1
    kind = end > at ? 'word' : 'mark'
    return Math.max(end, at + 1)
  }

  function endOfQuoted(quote: number): number {
    for (let i = at + 1; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === BACKSLASH && quote !== BACKTICK) i++
      else if (code === quote) {
        if (i + 1 === text.length && !isComplete) return -1
        // A doubled quote stands for itself.
        if (text.charCodeAt(i + 1) !== quote) return i + 1
        i++
      }
    }
    return -1
  }

  /**
   * Skips white space and comments.
   *
   * @returns false if more text is needed to find their end
   */
  function skipBlank(): boolean {
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (code <= SPACE) {
        at++
        continue
      }
      if (!isComplete && text.length - at < 3) return false
      const isLine = code === HASH || (code === DASH && /^--(\s|$)/.test(text.slice(at, at + 3)))
      const isBlock = code === SLASH && text.charCodeAt(at + 1) === STAR
      if (!isLine && !isBlock) return true
      const end = isLine ? text.indexOf('\n', at) : text.indexOf('*/', at + 2)
      if (end < 0) {
        if (isComplete) at = text.length
        return isComplete
      }
      at = isLine ? end + 1 : end + 2
    }
    return true
  }

  return {
    push(piece: string): void {
      pieces.push(piece)
      waiting += piece.length
      const unfinished = text.length - at
      if (unfinished > MAX_TOKEN) throw unreadable('The dump contains a value that does not end.')
      // A token is scanned from its beginning. Scan again only when the text has doubled, so that a long token is not
      // scanned for every piece.
      if (waiting >= Math.min(unfinished, MAX_WAIT)) takePieces()
    },
    /** Call this after the last piece. */
    complete(): void {
      takePieces()
      isComplete = true
    },
    /** @returns the kind of the next token, `end` after the last one, or null if more text must be pushed first */
    next(): Kind | null {
      if (waiting > 0) return null
      if (!skipBlank()) return null
      if (at >= text.length) {
        kind = 'end'
        return isComplete ? kind : null
      }
      from = at
      const end = endOfToken()
      if (end < 0) {
        if (isComplete) throw unreadable('The dump is cut off in the middle of a value.')
        return null
      }
      at = end
      return kind
    },
    /** Returns the token's text. */
    raw: (): string => text.slice(from, at),
    /** Whether the token is this single character. */
    is: (mark: string): boolean => at === from + 1 && text.charAt(from) === mark,
    /** Returns the value of a string or a quoted name. */
    value(): string {
      const inner = text.slice(from + 1, at - 1)
      const quote = text.charAt(from)
      const plain = inner.replaceAll(quote + quote, quote)
      return quote === '`' || !plain.includes('\\') ? plain : withoutEscapes(inner, quote)
    },
  }
}

export const unreadable = (message: string) => new ConnectError('wordpress_unreadable', { message })

const [QUOTE, DOUBLE_QUOTE, BACKTICK, BACKSLASH, SPACE, HASH, DASH, SLASH, STAR] = [39, 34, 96, 92, 32, 35, 45, 47, 42]

/** Letters, digits, `_`, `$`, `@`, `.`, the `-` and `+` of numbers, and all non-ASCII characters. */
const isWordCode = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code === 36 ||
  code === 64 ||
  code === 46 ||
  code === 45 ||
  code === 43 ||
  code > 127

/** The escapes that `mysql_real_escape_string()` writes. */
const ESCAPES: Record<string, string> = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001A' }

const withoutEscapes = (inner: string, quote: string) =>
  inner.replace(/\\([\s\S])|''|""/g, (found, escaped?: string) => {
    if (escaped !== undefined) return ESCAPES[escaped] ?? escaped
    return found[0] === quote ? quote : found
  })
