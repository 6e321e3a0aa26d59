/** Elements that stand on lines of their own. */
const BLOCK =
  /<(?:\/?(?:address|article|aside|audio|blockquote|canvas|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li|main|nav|object|ol|p|pre|section|table|ul|video))\b|<!--\s*wp:/i

/** Elements that stand within a line. */
const INLINE =
  /<\/?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr)\b[^<>]*>/gi

/** WordPress's length of an excerpt that nobody wrote. */
const EXCERPT_WORDS = 55

/**
 * Makes paragraphs of plain text with blank lines, as the mobile apps and XML-RPC clients send it. HTML that has blocks of
 * its own stays as it is.
 */
export function paragraphs(html: string): string {
  if (html.trim() === '' || BLOCK.test(html)) return html
  return html
    .trim()
    .split(/\n[ \t]*(?:\n[ \t]*)+/)
    .map(paragraph => `<p>${paragraph.trim().replace(/(?<!<br ?\/?>)\n/g, '<br />\n')}</p>\n`)
    .join('')
}

/** Returns the text of HTML, without elements and comments. */
export function plainText(html: string): string {
  return (
    html
      .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
      .replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
      // Elements in a line do not part its words.
      .replace(INLINE, '')
      .replace(/<[^>]*(?:>|$)/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  )
}

/** Returns the first words of a content. Character references stay, so the result is HTML. */
export function beginningOf(html: string): string {
  const words = plainText(html).split(' ')
  if (words.length <= EXCERPT_WORDS) return words.join(' ')
  return `${words.slice(0, EXCERPT_WORDS).join(' ')} [&hellip;]`
}
