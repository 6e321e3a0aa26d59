import { AsyncLocalStorage } from 'node:async_hooks'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { ConnectError, errorWithMessage, messageOf } from '../../errors.ts'
import { clientAddress, networksOf } from '../../http/address.ts'
import { guardedFetch } from '../../http/guarded-fetch.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { RequestState } from '../provider/request-state.ts'
import { readClientDocument } from './client-document.ts'
import { createClientKeySets } from './client-key-sets.ts'
import type { DocumentRows } from './document-rows.ts'
import type { RegistrationLimit } from './registration-limit.ts'

/** The width of the column. */
const MAX_CLIENT_ID = 255
/** Bytes: a document with all that RFC 7591 knows, and keys. */
export const MAX_DOCUMENT = 32 * 1024
/** How long the last good copy stands in for a document that cannot be fetched. */
export const COPY_SECONDS = 7 * 24 * 3600
/** A person waits for the page meanwhile. */
const TIMEOUT_MS = 2500

/** Who sees the consent page: there oidc-provider has no request to tell by. */
const visitors = new AsyncLocalStorage<string>()

/** Looks up a client on the consent page: what is fetched for it counts as this visitor's. */
export const forVisitor = <T>({ ip }: { ip: string }, work: () => Promise<T>): Promise<T> => visitors.run(ip, work)

export type ClientDocuments = ReturnType<typeof createClientDocuments>

/**
 * Applications that describe themselves by a document at an address of theirs, which is their client ID (OAuth Client ID
 * Metadata Document), as MCP clients do. oidc-provider fetches it, from public addresses only.
 */
export function createClientDocuments(limit: RegistrationLimit, copies: DocumentRows) {
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
      // What its owner took away or spoilt is no copy's business any more.
      if (!isPassing(error)) await copies.delete(clientId)
      throw error
    }
  }

  return {
    /** @param ctx of oidc-provider; on the consent page there is none, and the request was counted when it began */
    async allowFetch(ctx: KoaContextWithOIDC | undefined, clientId: string): Promise<boolean> {
      // In another spelling, such as `HTTPS://`, it would be another client, which the site could not find to delete it.
      if (clientId.length > MAX_CLIENT_ID || new URL(clientId).href !== clientId) return false
      if (!ctx) return true
      // oidc-provider asks again for the client of a request that failed; nobody should wait for it twice.
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
    /** What oidc-provider fetches: documents, and the keys of a client that proves itself by one. Nothing else that a document names. */
    async fetch(url: string | URL | Request, options: RequestInit, ctx?: KoaContextWithOIDC): Promise<Response> {
      // So it asks for documents alone.
      if (options.redirect === 'manual') {
        return fetchDocument(String(url), callerOf(ctx)).catch(error => {
          // A failing database is no refusal of the client.
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
        // Not `invalid_client`, by which clients throw their tokens away.
        const state = ctx.state as RequestState
        const details = { status: 503, headers: { 'Retry-After': '10' }, cause }
        state.failure = new ConnectError('client_document_unavailable', details)
        throw cause
      }
    },
  }
}

/** The widest network that one visitor may have, or all callers without an address. */
function callerOf(ctx: Pick<KoaContextWithOIDC, 'ip'> | undefined): string {
  const ip = ctx?.ip ?? visitors.getStore()
  return networksOf(clientAddress(ip ?? '')).at(-1)?.name ?? 'unknown'
}

/** By which key an assertion says that it is signed; undefined if it does not. */
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

/** Whether the document may be there again in a moment: its server is away, too busy or broken, or the way there is. */
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
