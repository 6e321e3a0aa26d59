/**
 * Maps oidc-provider's internal reasons to messages. They reveal only the client's own mistakes: a token of another client
 * looks like an unknown one.
 */
const REASONS: [detail: RegExp, words: string][] = [
  [/redirect_uri mismatch/, 'The redirect_uri is not the one that the code was asked with.'],
  [/code_verifier must be provided/, 'The code was asked with a code_challenge: send its code_verifier.'],
  [/code_verifier|code_challenge/, 'The code_verifier does not fit the code_challenge that the code was asked with.'],
  [/^authorization code is expired/, 'The code has expired. Ask the user again, and redeem the new code at once.'],
  [/^refresh token is expired/, 'The refresh token has expired. Ask the user again.'],
  [/already (used|consumed)/, 'It was used already.'],
  [/not found|client mismatch/, 'It is unknown, was ended, or was issued to another client.'],
]

/** @param detail the reason that oidc-provider gives for its log */
export const invalidGrantReason = (detail: string): string | undefined =>
  REASONS.find(([pattern]) => pattern.test(detail))?.[1]
