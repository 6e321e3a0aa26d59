import { fill } from './words.js'

/** The site refused: its code says why, and so do its words, in English. */
export class RestError extends Error {
  constructor(message, code) {
    super(message)
    this.code = code
  }
}

/** Nobody is logged in at this browser any more. */
export class LoggedOutError extends Error {}

/**
 * Calls the site's REST routes as whoever is logged in. A cookie counts for nothing there without a nonce; the page brings
 * the first one, answers bring fresh ones, and the endpoint has one for a page that was left open for days.
 */
export function createRest(firstNonce, nonceEndpoint, words) {
  let nonce = firstNonce
  let last = Promise.resolve()

  async function call(method, address, body) {
    const answer = await send(method, address, body)
    if (answer.code !== 'rest_cookie_invalid_nonce') return answer
    nonce = await fetchNonce()
    return send(method, address, body)
  }

  async function send(method, address, body) {
    const response = await reach(address, {
      // Some hosts' firewalls know only GET and POST.
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-HTTP-Method-Override': method, 'X-WP-Nonce': nonce },
      body: JSON.stringify(body),
    })
    nonce = response.headers.get('X-WP-Nonce') || nonce
    if (response.status === 401) throw await explainRefusal(response)
    const json = await readJson(response)
    return { ok: response.ok, code: json.code, json }
  }

  /** A proxy may require a separate login, and send 401 to a user who is logged in here. */
  async function explainRefusal(response) {
    const { code } = await readJson(response).catch(() => ({}))
    if (code === 'rest_not_logged_in') return new LoggedOutError()
    const isLoggedOut = await fetchNonce().then(
      () => false,
      error => error instanceof LoggedOutError,
    )
    return isLoggedOut ? new LoggedOutError() : new RestError(words.otherLogIn)
  }

  async function fetchNonce() {
    const response = await reach(nonceEndpoint)
    // WordPress's way to say that it has none for nobody.
    if (response.status === 400) throw new LoggedOutError()
    if (!response.ok) throw unreadable(response)
    return response.text()
  }

  async function reach(address, options) {
    try {
      return await fetch(address, options)
    } catch {
      throw new RestError(words.unreachable)
    }
  }

  async function readJson(response) {
    try {
      return await response.json()
    } catch {
      throw unreadable(response)
    }
  }

  const unreadable = ({ status }) => new RestError(fill(words.unreadable, { status }))

  /** @returns the JSON that the site answers. Calls wait for one another, so that answers come in the order of events. */
  return async function rest(method, address, body) {
    const answer = last.then(() => call(method, address, body))
    last = answer.catch(() => undefined)
    const { ok, json } = await answer
    if (!ok) throw new RestError(json.message, json.code)
    return json
  }
}
