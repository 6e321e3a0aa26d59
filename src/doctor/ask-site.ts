import type { Site } from '../site.ts'
import { DUMMY_CREDENTIALS, probePath } from './probe-routes.ts'
import type { Probes, Test } from './probes.ts'
import { readJson } from './read-json.ts'

const MAX_WAIT_MS = 3_000
/** What the site says has some hundred bytes. */
const MAX_ANSWER = 4_096

/** What came back from the site's own address. Of an answer that is not this site's nothing is kept but this. */
export type Answer =
  /** This site said so, with each Content-Security-Policy that came. */
  | { from: 'this-site'; is: boolean; policies: readonly string[] }
  | { from: 'somebody-else'; isRedirect: boolean }
  | { from: 'nobody'; why: Silence }

export type Silence = 'unknown-name' | 'refused' | 'certificate' | 'timeout' | 'failed'

/**
 * Asks the site through its own address, as its clients do. Nothing of the request is anybody's to choose: the address is the
 * option `site.url`, and no redirect is followed.
 */
export async function askSite(site: Site, probes: Probes, test: Test): Promise<Answer> {
  const nonce = probes.createNonce(test)
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Encoding': 'identity' }
  if (test === 'authorization-header') headers.Authorization = DUMMY_CREDENTIALS
  try {
    const response = await fetch(site.url + probePath(test, nonce), {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(MAX_WAIT_MS),
    })
    const is = probes.readAnswer(test, nonce, await readJson(response, MAX_ANSWER))
    if (is !== null) return { from: 'this-site', is, policies: policiesOf(response) }
    return { from: 'somebody-else', isRedirect: response.status >= 300 && response.status < 400 }
  } catch (error) {
    return { from: 'nobody', why: silenceOf(error) }
  }
}

/** A comma ends a policy: that of a second header, too. */
const policiesOf = ({ headers }: Response): string[] =>
  (headers.get('Content-Security-Policy') ?? '').split(',').map(policy => policy.trim())

/** What Node and OpenSSL say of a connection that failed; the rest is `failed`. */
function silenceOf(error: unknown): Silence {
  if ((error as Error).name === 'TimeoutError') return 'timeout'
  const code = String((error as { cause?: { code?: unknown } }).cause?.code ?? '')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown-name'
  if (code === 'ECONNREFUSED') return 'refused'
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'certificate'
  return /TIMEOUT|TIMEDOUT/.test(code) ? 'timeout' : 'failed'
}
