import type { Context } from 'koa'
import type { PageKit } from '../../pages/kit.ts'

/** What an application is told, and how it wants to be told. */
export interface BackToApplication {
  redirectUri: string
  /** `code` or `error`, `state`, `iss` and so on. */
  parameters: Readonly<Record<string, string>>
  mode: 'query' | 'fragment' | 'form_post'
}

/** How an application may be told (OAuth 2.0 Multiple Response Type Encoding Practices; Form Post Response Mode). */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const

/** Sends the browser back to the application. */
export function sendBack(kit: PageKit, ctx: Context, back: BackToApplication): void {
  // A program with a scheme of its own is started with an address, not with a form.
  const takesForms = /^https?:/i.test(back.redirectUri)
  if (back.mode === 'form_post' && takesForms) {
    const values = { address: back.redirectUri, parameters: back.parameters }
    kit.render(ctx, 'form-post', values, { formsLeadAway: true })
  } else kit.redirect(ctx, addressOf(back), 303)
}

/**
 * The registered address with the answer behind it. The address stays as it is, to the letter (RFC 6749, 3.1.2 and 4.1.2): a
 * parser would write it anew, `?close` as `?close=` and `%20` as `+`.
 *
 * @example
 * addressOf({ redirectUri: 'https://app.example/cb?close', parameters: { code: 'x' }, mode: 'query' })
 * // 'https://app.example/cb?close&code=x'
 */
export function addressOf({ redirectUri, parameters, mode }: BackToApplication): string {
  // Spaces as %20, which every parser reads; not all of them read "+".
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  if (mode === 'fragment') return `${redirectUri}#${text}`
  const at = redirectUri.indexOf('?')
  if (at < 0) return `${redirectUri}?${text}`
  const isOurs = (pair: string) => [...new URLSearchParams(pair).keys()].some(name => Object.hasOwn(parameters, name))
  const pairs = redirectUri.slice(at + 1).split('&')
  // A code of its own in the address would be taken for the one that the application is given.
  const kept = pairs.filter(pair => !isOurs(pair)).join('&')
  return `${redirectUri.slice(0, at)}?${kept}${kept === '' || kept.endsWith('&') ? '' : '&'}${text}`
}
