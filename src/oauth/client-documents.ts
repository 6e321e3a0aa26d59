import type { Client as EngineClient, KoaContextWithOIDC } from 'oidc-provider'
import { clientAddress } from '../http/address.ts'
import { isClientName, isWebsite } from './client-details.ts'
import type { EngineRequestState } from './engine-request.ts'
import { redirectUriProblem } from './redirect-uri.ts'
import type { RegistrationLimit } from './registration-limit.ts'

/** The width of the column. */
const LONGEST_CLIENT_ID = 255

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
      if (clientId.length > LONGEST_CLIENT_ID) return false
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
      // The guard against private addresses is in the options. Where the engine could not make one, it only warns.
      if (!options || !('dispatcher' in options)) throw new Error('nothing is fetched without a guard')
      return globalThis.fetch(url, options)
    },
  }
}
