import type { KoaContextWithOIDC } from 'oidc-provider'
import { type ConnectError, errorThatSays, wordsOf } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import { guardedFetch } from '../http/guarded-fetch.ts'
import { readClientDocument } from './client-document.ts'
import type { EngineRequestState } from './engine-request.ts'
import type { RegistrationLimit } from './registration-limit.ts'

/** The width of the column. */
const MAX_CLIENT_ID = 255
/** Bytes: a document with all that RFC 7591 knows, and keys. */
export const MAX_DOCUMENT = 32 * 1024
/** A person waits for the page meanwhile. */
const TIMEOUT_MS = 2500

export type ClientDocuments = ReturnType<typeof createClientDocuments>

/**
 * Applications that describe themselves by a document at an address of theirs, which is their client ID (OAuth Client ID
 * Metadata Document), as MCP clients do. The engine fetches it, from public addresses only.
 */
export function createClientDocuments(limit: RegistrationLimit) {
  /** @throws ConnectError `client_document_unavailable`, `invalid_client_document` */
  async function fetchDocument(clientId: string): Promise<Response> {
    const { status, text, headers } = await fetchText(clientId)
    if (status !== 200) throw unavailable(clientId, { id: 'oauth.document.status', values: { status } })
    const document = parse(clientId, text)
    return Response.json(document, { headers })
  }

  return {
    /** @param ctx of the engine; on the consent page there is none, and the request was counted when it began */
    async allowFetch(ctx: KoaContextWithOIDC | undefined, clientId: string): Promise<boolean> {
      // In another spelling, such as `HTTPS://`, it would be another client, which the site could not find to delete it.
      if (clientId.length > MAX_CLIENT_ID || new URL(clientId).href !== clientId) return false
      if (!ctx) return true
      // The engine asks again for the client of a request that failed; nobody should wait for it twice.
      const state = ctx.state as EngineRequestState
      if (state.hasFetched) return false
      state.hasFetched = true
      if (await limit.isWithin(clientAddress(ctx.ip))) return true
      state.failure = errorThatSays(
        'too_many_attempts',
        { id: 'oauth.document.too-many' },
        { headers: { 'Retry-After': '3600' } },
      )
      return false
    },
    /** The engine would also fetch what a document points at, for anybody who writes one: the document is enough. */
    async fetch(url: string | URL | Request, options: RequestInit = {}): Promise<Response> {
      // So it asks for documents, and for nothing else.
      if (options.redirect !== 'manual') throw new Error('only the document of a client is fetched')
      return fetchDocument(String(url))
    },
  }
}

async function fetchText(address: string) {
  const headers = { accept: 'application/json', 'user-agent': 'koa-wp-connect' }
  try {
    const answer = await guardedFetch(address, { headers, maxBytes: MAX_DOCUMENT, timeoutMs: TIMEOUT_MS })
    const caching = ['cache-control', 'expires'].map(name => [name, answer.headers.get(name)])
    return {
      status: answer.status,
      text: await answer.text(),
      headers: Object.fromEntries(caching.filter(([, value]) => value)) as Record<string, string>,
    }
  } catch (cause) {
    throw unavailable(address, { id: 'oauth.document.unreachable' }, cause)
  }
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
    const reason = wordsOf(cause as ConnectError) ?? { id: 'oauth.other', values: { description: `${message}.` } }
    throw invalidDocument(clientId, reason)
  }
}

type Reason = NonNullable<ReturnType<typeof wordsOf>>

const unavailable = (url: string, reason: Reason, cause?: unknown) =>
  errorThatSays(
    'client_document_unavailable',
    { id: 'errors.client_document_unavailable.reason', values: { url, reason } },
    { cause },
  )

const invalidDocument = (url: string, reason: Reason) =>
  errorThatSays('invalid_client_document', { id: 'errors.invalid_client_document.reason', values: { url, reason } })
