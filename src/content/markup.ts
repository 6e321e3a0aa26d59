import type { IOptions } from 'sanitize-html'
import { ConnectError } from '../errors.ts'
import { loadPeer } from '../values/load-peer.ts'

/**
 * Removes what users without `unfiltered_html` may not write: scripts, event handlers, frames, forms and styles that could
 * cover the page. Comments of WordPress's blocks stay, because editors need them.
 *
 * @throws ConnectError `markup_too_deep`
 * @param kind `text` allows what WordPress allows in titles: words with emphasis and links
 */
export async function cleanMarkup(html: string, kind: 'content' | 'text'): Promise<string> {
  if (!/[<&]/.test(html)) return html
  if (isTooDeep(html)) throw new ConnectError('markup_too_deep')
  const { default: sanitize } = await loadPeer<{ default: typeof import('sanitize-html') }>('sanitize-html')
  // The library removes all comments. Marks take the place of these, and only those between elements become comments again:
  // in an attribute, the quotes of a comment would end the value.
  const comments: string[] = []
  const marked = html
    .replace(/[\uFDD0\uFDD1]/g, '')
    .replace(BLOCK_COMMENT, comment => `\uFDD0${comments.push(comment) - 1}\uFDD1`)
  const cleaned = sanitize(marked, {
    ...(kind === 'content' ? CONTENT : TEXT),
    textFilter: text => text.replace(MARK, (_mark, at) => comments[Number(at)] ?? ''),
  })
  return cleaned.replace(MARK, '')
}

/** The parser's time grows with the depth of elements: 300,000 within each other would stop the process for a minute. */
const MAX_DEPTH = 1_000
const TAG = /<(\/?)([a-z][a-z0-9]*)/gi
/** Elements that close by themselves: nothing stands within them, or the next one ends them. */
const UNCOUNTED = new Set(['area', 'br', 'col', 'embed', 'hr', 'img', 'input', 'p', 'source', 'track', 'wbr'])

function isTooDeep(html: string): boolean {
  let depth = 0
  for (const [, slash, name = ''] of html.matchAll(TAG)) {
    if (UNCOUNTED.has(name.toLowerCase())) continue
    depth = slash ? Math.max(0, depth - 1) : depth + 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Noncharacters, which no text contains. */
const MARK = /\uFDD0(\d+)\uFDD1/g

/** A comment of a block holds nothing but its name and JSON without `<`, `>` and `--`, which WordPress escapes there. */
const BLOCK_COMMENT = /<!--\s*\/?wp:[a-z][a-z0-9_-]*(?:\/[a-z][a-z0-9_-]*)?(?:\s+\{(?:(?!--)[^<>])*\})?\s*\/?-->/g

const INLINE = [
  ...['a', 'abbr', 'acronym', 'b', 'bdo', 'big', 'br', 'cite', 'code', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd'],
  ...['mark', 'q', 's', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'tt', 'u', 'var', 'wbr'],
]

const BLOCKS = [
  ...['address', 'article', 'aside', 'audio', 'blockquote', 'caption', 'center', 'col', 'colgroup', 'dd', 'details'],
  ...[
    'div',
    'dl',
    'dt',
    'figcaption',
    'figure',
    'footer',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'header',
    'hgroup',
    'hr',
  ],
  ...['img', 'li', 'main', 'nav', 'ol', 'p', 'pre', 'rp', 'rt', 'ruby', 'section', 'summary', 'table', 'tbody', 'td'],
  ...['tfoot', 'th', 'thead', 'tr', 'track', 'ul', 'video'],
]

const GLOBAL = ['class', 'id', 'title', 'lang', 'dir', 'align', 'role', 'style', 'aria-*', 'data-*']
const COLOR = [/^#(?:[\da-f]{3}){1,2}$/i, /^[a-z]+$/i, /^rgba?\([\d\s.,%/]+\)$/i]
const LENGTH = [/^-?[\d.]+(?:px|em|rem|%|vh|vw|pt)?$/, /^auto$/]

const CONTENT: IOptions = {
  allowedTags: [...INLINE, ...BLOCKS],
  allowedAttributes: {
    '*': GLOBAL,
    a: ['href', 'rel', 'name', 'target', 'download'],
    audio: ['src', 'autoplay', 'controls', 'loop', 'muted', 'preload'],
    blockquote: ['cite'],
    del: ['datetime'],
    details: ['open'],
    font: ['color', 'face', 'size'],
    img: ['src', 'srcset', 'sizes', 'alt', 'width', 'height', 'loading', 'decoding', 'border', 'hspace', 'vspace'],
    ins: ['datetime', 'cite'],
    ol: ['start', 'type', 'reversed'],
    q: ['cite'],
    table: ['border', 'cellpadding', 'cellspacing', 'summary', 'width'],
    td: ['colspan', 'rowspan', 'headers', 'scope', 'width', 'height', 'valign', 'abbr'],
    th: ['colspan', 'rowspan', 'headers', 'scope', 'width', 'height', 'valign', 'abbr'],
    track: ['src', 'default', 'kind', 'label', 'srclang'],
    video: ['src', 'autoplay', 'controls', 'height', 'width', 'loop', 'muted', 'playsinline', 'poster', 'preload'],
  },
  // What WordPress's editor writes, and nothing that could be laid over the page.
  allowedStyles: {
    '*': {
      color: COLOR,
      'background-color': COLOR,
      'font-size': LENGTH,
      'font-style': [/^(?:normal|italic)$/],
      'font-weight': [/^(?:normal|bold|\d{3})$/],
      'text-align': [/^(?:left|right|center|justify)$/],
      'text-decoration': [/^(?:none|underline|line-through)$/],
      width: LENGTH,
      height: LENGTH,
      'max-width': LENGTH,
      'min-width': LENGTH,
    },
  },
  allowedSchemes: ['http', 'https', 'ftp', 'mailto', 'tel', 'sms', 'xmpp', 'webcal', 'geo'],
  allowedSchemesByTag: { img: ['http', 'https'], video: ['http', 'https'], audio: ['http', 'https'] },
  allowProtocolRelative: true,
  disallowedTagsMode: 'discard',
  enforceHtmlBoundary: false,
  nestingLimit: 200,
}

const TEXT: IOptions = {
  ...CONTENT,
  allowedTags: INLINE,
  allowedAttributes: { a: ['href', 'title'], abbr: ['title'], acronym: ['title'], span: ['class', 'lang', 'dir'] },
  allowedStyles: {},
}
