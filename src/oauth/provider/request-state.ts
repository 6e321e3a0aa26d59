import type { BackToApplication } from './send-back.ts'

/** What oidc-provider did for a token request, as hashes of tokens. It is undone if the request fails. */
export interface TokenWork {
  spent: string[]
  issued: string[]
  /** The reason of a rejection, in oidc-provider's words. */
  detail?: string
}

/** Data about the request for oidc-provider's callbacks. */
export interface RequestState {
  /** Milliseconds since 1970. */
  began: number
  /** The id of the user who is logged in at the browser; null if none is, undefined if it does not matter. */
  userId: string | null | undefined
  /** Whether the user must log in before they are asked for consent. */
  isLoginDue?: boolean
  /** An error that oidc-provider does not check for, as a text for the application. */
  problem?: string | null
  /** See {@link ProviderResponse}. */
  back?: BackToApplication | undefined
  /** Whether the client's document was fetched already. */
  hasFetched?: boolean
  /** Only for a request at the token endpoint. */
  work?: TokenWork
  /** The underlying error of the response. */
  failure?: unknown
}

/** Parameter that oidc-provider stores for the consent page: only a login after this counts, in milliseconds since 1970. */
export const LOGIN_AFTER = 'log_in_after'
