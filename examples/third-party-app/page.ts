import { createHash } from 'node:crypto'
import type { Context } from 'koa'
import type { Connection } from './sessions.ts'

export interface Shown {
  host: string
  notice: string | undefined
  connection: Connection | undefined
  /** What the site's API said to the token. */
  answers: { userName: string; posts: string } | undefined
}

/** Text that may stand in a page as it is. */
class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** All that is filled in is escaped, unless it is HTML itself. */
function html(parts: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const filled = parts.map((part, at) => part + [values[at] ?? ''].flat().map(textOf).join(''))
  return new Html(filled.join(''))
}

const textOf = (value: string | Html) =>
  value instanceof Html ? value.text : value.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
  form { display: inline-block; margin: 0 .5rem .5rem 0 }
  button { font: inherit; padding: .4rem .9rem }
  dt { font-weight: bold }
  dd { margin: 0 0 .5rem }
  [role=status] { border-left: .3rem solid; padding: .5rem 1rem }
`
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
  // No form-action: it would keep the buttons' forms from being redirected to the site.
].join('; ')

export function page(ctx: Context, { host, notice, connection, answers }: Shown): void {
  ctx.set({
    'Content-Security-Policy': POLICY,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  })
  ctx.type = 'html'
  ctx.body = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Third-party app</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
<main>
<h1>Third-party app</h1>
${notice ? html`<p role="status">${notice}</p>` : ''}
${connection ? connected(host, connection, answers) : nothing(host)}
</main>
</html>`.text
}

const button = (action: string, words: string) =>
  html`<form method="post" action="${action}"><button>${words}</button></form>`

const nothing = (host: string) => html`
<p>This app belongs to somebody else than ${host}. It can ask you for access there.</p>
${button('/connect', `Connect with ${host}`)}
${button('/log-in', `Log in with ${host}`)}`

function connected(host: string, { purpose, tokens, expires }: Connection, answers: Shown['answers']): Html {
  const rows: [string, string][] = [
    ['User', answers?.userName || 'not told'],
    ['Site', String(tokens.blog_url)],
    ['blog_id', String(tokens.blog_id)],
    ['Scope', tokens.scope ?? ''],
    // Never the whole: pages are photographed, printed, kept.
    ['Access token', `${tokens.access_token.slice(0, 6)}…`],
    ['Expires', expires?.toUTCString() ?? 'not said'],
    ['GET /api/posts', answers?.posts ?? ''],
  ]
  return html`
<h2>${purpose === 'connect' ? 'Connected with' : 'Logged in with'} ${host}</h2>
<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${tokens.refresh_token ? button('/refresh', 'Refresh') : ''}
${button('/disconnect', 'Disconnect')}`
}
