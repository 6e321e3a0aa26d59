import type { Context } from 'koa'
import type { SendError } from '../authentication/send-error.ts'
import type { ConnectError } from '../errors.ts'
import { allowEveryOrigin, exposeErrorHeaders } from '../http/cors.ts'
import { isUnder } from '../http/is-under.ts'
import { answerJson } from './answer.ts'

interface Options {
  /** The site's name. */
  realm: string
  /**
   * Returns the metadata URL of the resource at a path (RFC 9728, section 5.1). Null if the site accepts no access tokens.
   */
  metadataUrl: ((path: string) => string) | null
  /** Paths whose errors have WordPress.com's older format. */
  v1Prefixes: readonly string[]
  /** Paths whose errors scripts of every origin may read. */
  corsPrefixes: readonly string[]
}

/**
 * Creates the function that sends errors in WordPress's format, with the challenges that say which credentials are accepted
 * (RFC 9110, section 11.6.1).
 */
export function createErrorSender({ realm, metadataUrl, v1Prefixes, corsPrefixes }: Options): SendError {
  const basic = `Basic realm="${quotable(realm)}", charset="UTF-8"`

  function bearer(ctx: Context, { code, message }: ConnectError, scope: string | undefined): string | null {
    if (!metadataUrl) return null
    const url = metadataUrl(ctx.path)
    const parameters = {
      ...(isOfToken(code) && { error: code, error_description: quotable(message) }),
      ...(scope !== undefined && { scope }),
      resource_metadata: url,
      // WordPress's own MCP client reads this name.
      resource_metadata_url: url,
    }
    const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
    return `Bearer ${pairs.join(', ')}`
  }

  function setChallenges(ctx: Context, error: ConnectError, scope: string | undefined): void {
    if (error.status !== 401 && !isOfToken(error.code)) return
    // Bearer first: MCP clients read only the beginning of the header. No Basic for a browser, which would cover the page
    // with its own login dialog.
    const isBasicOffered = !isOfToken(error.code) && !isBrowser(ctx)
    const offered = [bearer(ctx, error, scope), isBasicOffered ? basic : null].filter(each => each !== null)
    if (offered.length > 0) ctx.set('WWW-Authenticate', offered)
  }

  function bodyOf(ctx: Context, error: ConnectError): object {
    const ignored =
      error.code === 'rest_not_logged_in' ? (ctx.state.credentialsIgnored as ConnectError | undefined) : undefined
    const message = ignored
      ? `${error.message} The credentials of this request were ignored. ${ignored.message}`
      : error.message
    if (isUnder(ctx.path, v1Prefixes)) return { error: error.code, message }
    return { code: error.code, message, data: { status: error.status, ...error.data } }
  }

  return (ctx, error, scope) => {
    ctx.set(error.headers)
    ctx.set('Cache-Control', 'no-store')
    ctx.set('X-Content-Type-Options', 'nosniff')
    setChallenges(ctx, error, scope)
    if (isUnder(ctx.path, corsPrefixes)) allowEveryOrigin(ctx)
    exposeErrorHeaders(ctx)
    answerJson(ctx, error.status, bodyOf(ctx, error))
  }
}

/** Error codes of RFC 6750, section 3.1. */
const isOfToken = (code: string) => code === 'invalid_token' || code === 'insufficient_scope'

/** Node's own fetch sends Sec-Fetch-Mode too, but only browsers say which site a request comes from. */
const isBrowser = (ctx: Context) =>
  ctx.get('Sec-Fetch-Site') !== '' || ctx.get('Origin') !== '' || ctx.get('X-Requested-With') !== ''

/** Replaces characters that a quoted string cannot contain. */
const quotable = (text: string) => text.replace(/[^ !#-[\]-~]/g, ' ')
