import type { Client as EngineClient, KoaContextWithOIDC } from 'oidc-provider'
import { clientAddress } from '../http/address.ts'
import { guardedFetch } from '../http/guarded-fetch.ts'
import { isClientName, isWebsite } from './client-details.ts'
import type { EngineRequestState } from './engine-request.ts'
import { redirectUriProblem } from './redirect-uri.ts'
import type { RegistrationLimit } from './registration-limit.ts'

/** The width of the column. */
const LONGEST_CLIENT_ID = 255
/** Bytes: a document with all that RFC 7591 knows, and keys. */
const MAX_DOCUMENT = 32 * 1024
/** A person waits for the page meanwhile. */
const TIMEOUT_MS = 2500

export type ClientDocuments = ReturnType<typeof createClientDocuments>

/**
 * Applications that describe themselves by a document at an address of theirs, which is their client ID (OAuth Client ID
 * Metadata Document), as MCP clients do. The engine fetches it, from public addresses only.
 */
export function createClientDocuments(limit: RegistrationLimit) {
  /** Documents that may be fetched once, now. */
  const due = new Set<string>()

  return {
    /** @param ctx of the engine; on the consent page there is none, and the request was counted when it began */
    async allowFetch(ctx: KoaContextWithOIDC | undefined, clientId: string): Promise<boolean> {
      // In another spelling, such as `HTTPS://`, it would be another client, which the site could not find to delete it.
      if (clientId.length > LONGEST_CLIENT_ID || new URL(clientId).href !== clientId) return false
      if (ctx) {
        // The engine asks again for the client of a request that failed; nobody should wait for it twice.
        const state = ctx.state as EngineRequestState
        if (state.hasFetched) return false
        state.hasFetched = true
        if (!(await limit.isWithin(clientAddress(ctx.ip)))) return false
      }
      due.add(clientId)
      return true
    },
    /** What such a document says is as hostile as any request. */
    allowClient: (_ctx: KoaContextWithOIDC, client: EngineClient): boolean =>
      isClientName(client.clientName ?? '') &&
      (client.clientUri === undefined || isWebsite(client.clientUri)) &&
      (client.redirectUris ?? []).every(
        uri => redirectUriProblem(uri, client.applicationType === 'native' ? 'native' : 'web') === null,
      ),
    /** The engine would also fetch what a document points at, for anybody who writes one: the document is enough. */
    async fetch(url: string | URL | Request, options?: RequestInit): Promise<Response> {
      if (!due.delete(String(url))) throw new Error('only the document of a client is fetched')
      // The engine's own guard closes a connection to a private address only when it is there, after the first packets.
      const { accept = 'application/json' } = Object.fromEntries(new Headers(options?.headers))
      return guardedFetch(String(url), { headers: { accept }, maxBytes: MAX_DOCUMENT, timeoutMs: TIMEOUT_MS })
    },
  }
}
