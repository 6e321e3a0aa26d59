import type { BackToApplication } from './send-back.ts'

/** What oidc-provider did for a token request, by the hashes of tokens: to be undone if it comes to nothing. */
export interface TokenWork {
  spent: string[]
  issued: string[]
  /** Why it was refused, in oidc-provider's own words. */
  detail?: string
}

/** What oidc-provider's callbacks are to know of the request. */
export interface RequestState {
  /** Milliseconds since 1970. */
  began: number
  /** Who is logged in at the browser; null for nobody, undefined where it does not matter. */
  userId: string | null | undefined
  /** Whether that user has to log in before they are asked anything. */
  isLogInDue?: boolean
  /** What is wrong with the request that oidc-provider does not look at, in words for the application. */
  problem?: string | null
  /** See {@link ProviderResponse}. */
  back?: BackToApplication | undefined
  /** Whether the client's document was fetched. */
  hasFetched?: boolean
  /** Of a request at the token endpoint. */
  work?: TokenWork
  /** What failed behind the answer. */
  failure?: unknown
}

/** What oidc-provider keeps for the consent page: only a log-in after this counts, in milliseconds since 1970. */
export const LOG_IN_AFTER = 'log_in_after'
