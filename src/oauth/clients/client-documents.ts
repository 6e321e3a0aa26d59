import { AsyncLocalStorage } from 'node:async_hooks'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { ConnectError, errorWithMessage, messageOf } from '../../errors.ts'
import { clientAddress, networksOf } from '../../http/address.ts'
import { guardedFetch } from '../../http/guarded-fetch.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { HourlyLimit } from '../hourly-limit.ts'
import type { RequestState } from '../provider/request-state.ts'
import { readClientDocument } from './client-document.ts'
import { createClientKeySets } from './client-key-sets.ts'
import type { DocumentRows } from './document-rows.ts'

/** The width of the column. */
const MAX_CLIENT_ID = 255
/** Bytes: enough for a document with all members of RFC 7591, and keys. */
export const MAX_DOCUMENT = 32 * 1024
/** How long the last good copy replaces a document that cannot be fetched. */
export const COPY_SECONDS = 7 * 24 * 3600
/** Short, because a person waits for the page meanwhile. */
const TIMEOUT_MS = 2500

/** The IP address of the visitor of the consent page, where oidc-provider has no request to read it from. */
const visitors = new AsyncLocalStorage<string>()

/** Looks up a client for the consent page: fetches are counted against this visitor. */
export const forVisitor = <T>({ ip }: { ip: string }, work: () => Promise<T>): Promise<T> => visitors.run(ip, work)

export type ClientDocuments = ReturnType<typeof createClientDocuments>

/**
 * Supports applications with a client ID metadata document (OAuth Client ID Metadata Document), as MCP clients have. The
 * document's URL is the client ID. oidc-provider fetches the document, from public addresses only.
 */
export function createClientDocuments(limit: HourlyLimit, copies: DocumentRows) {
  const keySets = createClientKeySets()

  /** @throws ConnectError `client_document_unavailable`, `invalid_client_document` */
  async function fetchDocument(clientId: string, caller: string): Promise<Response> {
    try {
      const { text, headers } = await fetchText(clientId, caller)
      const document = parse(clientId, text)
      await copies.save(clientId, JSON.stringify(document), nowInSeconds())
      return Response.json(document, { headers })
    } catch (error) {
      const copy = isPassing(error) ? await copies.find(clientId, nowInSeconds() - COPY_SECONDS) : undefined
      if (copy !== undefined) return Response.json(JSON.parse(copy), { headers: { 'cache-control': 'max-age=300' } })
      // The owner has removed or broken the document, so a copy must not replace it any longer.
      if (!isPassing(error)) await copies.delete(clientId)
      throw error
    }
  }

  return {
    /** @param ctx oidc-provider's context; undefined on the consent page, where the request was counted before */
    async allowFetch(ctx: KoaContextWithOIDC | undefined, clientId: string): Promise<boolean> {
      // Another spelling, such as `HTTPS://`, would be another client, which the site could not find to delete it.
      if (clientId.length > MAX_CLIENT_ID || new URL(clientId).href !== clientId) return false
      if (!ctx) return true
      // oidc-provider looks up the client of a failed request again. Do not make the user wait twice.
      const state = ctx.state as RequestState
      if (state.hasFetched) return false
      state.hasFetched = true
      if (await limit.isWithin(clientAddress(ctx.ip))) return true
      state.failure = errorWithMessage(
        'too_many_attempts',
        { id: 'oauth.document.too-many' },
        { headers: { 'Retry-After': '3600' } },
      )
      return false
    },
    /**
     * Fetches for oidc-provider: documents, and the keys of a client that authenticates with them. It fetches no other URL
     * of a document.
     */
    async fetch(url: string | URL | Request, options: RequestInit, ctx?: KoaContextWithOIDC): Promise<Response> {
      // Only requests for documents have this option.
      if (options.redirect === 'manual') {
        return fetchDocument(String(url), callerOf(ctx)).catch(error => {
          // A database failure must not look like a rejection of the client.
          if (ctx && error.code === 'database_unavailable') (ctx.state as RequestState).failure = error
          throw error
        })
      }
      const { client, params } = ctx?.oidc ?? {}
      if (!ctx || !client || client.jwksUri !== String(url) || !URL.canParse(client.clientId)) {
        throw new Error('only the document of a client and its keys are fetched')
      }
      const kid = keyIdOf(String(params?.client_assertion))
      try {
        const isWithin = () => limit.isWithin(clientAddress(ctx.ip))
        return Response.json(await keySets.find(client.jwksUri, kid, callerOf(ctx), isWithin))
      } catch (cause) {
        // Do not answer `invalid_client`: clients discard their tokens for that.
        const state = ctx.state as RequestState
        state.failure = new ConnectError('client_keys_unavailable', { headers: { 'Retry-After': '10' }, cause })
        throw cause
      }
    },
  }
}

/** Returns the largest network that a visitor may own. All callers without an address share one name. */
function callerOf(ctx: Pick<KoaContextWithOIDC, 'ip'> | undefined): string {
  const ip = ctx?.ip ?? visitors.getStore()
  return networksOf(clientAddress(ip ?? '')).at(-1)?.name ?? 'unknown'
}

/** Returns the key ID in the header of an assertion; undefined if it has none. */
function keyIdOf(assertion: string): unknown {
  try {
    return JSON.parse(Buffer.from(assertion.split('.')[0] ?? '', 'base64url').toString()).kid
  } catch {
    return undefined
  }
}

async function fetchText(address: string, caller: string) {
  const headers = { accept: 'application/json', 'user-agent': 'koa-wp-connect' }
  try {
    const answer = await guardedFetch(address, { caller, headers, maxBytes: MAX_DOCUMENT, timeoutMs: TIMEOUT_MS })
    if (answer.status !== 200) throw answer.status
    const caching = ['cache-control', 'expires'].map(name => [name, answer.headers.get(name)])
    return {
      text: await answer.text(),
      headers: Object.fromEntries(caching.filter(([, value]) => value)) as Record<string, string>,
    }
  } catch (cause) {
    if (typeof cause === 'number')
      throw unavailable(address, { id: 'oauth.document.status', values: { status: cause } }, cause)
    throw unavailable(address, { id: 'oauth.document.unreachable' }, cause)
  }
}

/** Whether the failure is temporary: the server, or the network to it, is down, overloaded or broken. */
function isPassing(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown }
  return code === 'client_document_unavailable' && (typeof cause !== 'number' || cause >= 500 || cause === 429)
}

function parse(clientId: string, text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidDocument(clientId, { id: 'oauth.document.no-json' })
  }
  try {
    return readClientDocument(clientId, value)
  } catch (cause) {
    const { message } = cause as ConnectError
    const reason = messageOf(cause as ConnectError) ?? { id: 'oauth.other', values: { description: `${message}.` } }
    throw invalidDocument(clientId, reason)
  }
}

type Reason = NonNullable<ReturnType<typeof messageOf>>

const unavailable = (url: string, reason: Reason, cause?: unknown) =>
  errorWithMessage(
    'client_document_unavailable',
    { id: 'errors.client_document_unavailable.reason', values: { url, reason } },
    { cause },
  )

const invalidDocument = (url: string, reason: Reason) =>
  errorWithMessage('invalid_client_document', { id: 'errors.invalid_client_document.reason', values: { url, reason } })
