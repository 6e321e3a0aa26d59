import type { Scopes } from './scopes.ts'

/**
 * What the engine is told of a request. What this site cannot vouch for is left out: when and how the user logged in is the
 * host's own matter (`max_age`, `acr_values`, `id_token_hint`), so an ID token makes no claim of it, and an application that
 * insists finds it missing.
 */
const KNOWN = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'resource',
  'blog',
  'request',
  'request_uri',
  'registration',
  'display',
  'login_hint',
]

/** Enough for the engine to see that it was repeated; and more resources than anybody needs at once. */
const MOST_OF_ONE_NAME = 5

/** An application's request as the engine understands it: the site's default for no scope, commas for spaces. */
export function authorizeQuery(querystring: string, scopes: Scopes): string {
  const sent = new URLSearchParams(querystring)
  const pairs = new URLSearchParams()
  for (const name of KNOWN) {
    for (const value of sent.getAll(name).slice(0, MOST_OF_ONE_NAME)) pairs.append(name, value)
  }
  const [asked = '', ...more] = pairs.getAll('scope')
  // What is repeated is the engine's to refuse.
  if (more.length === 0) pairs.set('scope', scopes.parse(asked).join(' '))
  // By a form of its own the answer would take a page with a script.
  if (pairs.get('response_mode') === 'form_post') pairs.set('response_mode', 'unsupported')
  const prompts = pairs.getAll('prompt')
  // The page always offers to log in with another account.
  const words = prompts.length === 1 ? prompts[0]?.split(' ').filter(each => each !== 'select_account') : undefined
  if (words?.length === 0) pairs.delete('prompt')
  else if (words) pairs.set('prompt', words.join(' '))
  return pairs.toString()
}
