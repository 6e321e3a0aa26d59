import type { Context } from 'koa'
import type { PageKit } from '../../pages/kit.ts'

/** The response for an application, and how it is sent. */
export interface BackToApplication {
  redirectUri: string
  /** `code` or `error`, `state`, `iss` and so on. */
  parameters: Readonly<Record<string, string>>
  mode: 'query' | 'fragment' | 'form_post'
}

/** The supported response modes (OAuth 2.0 Multiple Response Type Encoding Practices; Form Post Response Mode). */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const

/** Redirects the browser back to the application. */
export function sendBack(kit: PageKit, ctx: Context, back: BackToApplication): void {
  // A private-use URI scheme starts a program with a URL; it cannot receive a form.
  const takesForms = /^https?:/i.test(back.redirectUri)
  if (back.mode === 'form_post' && takesForms) {
    const values = { address: back.redirectUri, parameters: back.parameters }
    kit.render(ctx, 'form-post', values, { formsLeadAway: true })
  } else kit.redirect(ctx, addressOf(back), 303)
}

/**
 * Returns the redirect URI with the response parameters. The URI itself stays exactly as registered (RFC 6749, sections
 * 3.1.2 and 4.1.2): a URL parser would change `?close` to `?close=` and `%20` to `+`.
 *
 * @example
 * addressOf({ redirectUri: 'https://app.example/cb?close', parameters: { code: 'x' }, mode: 'query' })
 * // 'https://app.example/cb?close&code=x'
 */
export function addressOf({ redirectUri, parameters, mode }: BackToApplication): string {
  // Spaces as %20, which every parser decodes; not all of them decode "+".
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  if (mode === 'fragment') return `${redirectUri}#${text}`
  const at = redirectUri.indexOf('?')
  if (at < 0) return `${redirectUri}?${text}`
  const isOurs = (pair: string) => [...new URLSearchParams(pair).keys()].some(name => Object.hasOwn(parameters, name))
  const pairs = redirectUri.slice(at + 1).split('&')
  // A `code` parameter in the registered URI would be mistaken for the issued one.
  const kept = pairs.filter(pair => !isOurs(pair)).join('&')
  return `${redirectUri.slice(0, at)}?${kept}${kept === '' || kept.endsWith('&') ? '' : '&'}${text}`
}
