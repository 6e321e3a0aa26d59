import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'

/** A program on the user's machine: it keeps in memory what the SDK gives it to keep, and registers itself. */
export class Assistant implements OAuthClientProvider {
  readonly redirectUrl = 'http://localhost:33418/callback'
  readonly clientMetadata = {
    client_name: 'Assistant',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  /** Where the user was last sent. */
  sent = new URL('about:blank')
  private client: OAuthClientInformationMixed | undefined
  private kept: OAuthTokens | undefined
  private verifier = ''

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.client
  }
  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.client = client
  }
  tokens(): OAuthTokens | undefined {
    return this.kept
  }
  saveTokens(tokens: OAuthTokens): void {
    this.kept = tokens
  }
  codeVerifier(): string {
    return this.verifier
  }
  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier
  }
  redirectToAuthorization(url: URL): void {
    this.sent = url
  }
  invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (what === 'all' || what === 'tokens') this.kept = undefined
    if (what === 'all' || what === 'client') this.client = undefined
  }
}
