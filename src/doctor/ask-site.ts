import type { Site } from '../site.ts'
import { DUMMY_CREDENTIALS, probePath } from './probe-routes.ts'
import type { Probes, Test } from './probes.ts'
import { readJson } from './read-json.ts'

export const limits = { waitMs: 3_000 } // tests wait less
/** The site's own response has a few hundred bytes. */
const MAX_ANSWER = 4_096

/** The response from the site's own URL. Of another server's response, nothing else is kept. */
export type Answer =
  /** The signed response of this site, with every Content-Security-Policy that it had. */
  | { from: 'this-site'; is: boolean; policies: readonly string[] }
  | { from: 'somebody-else'; isRedirect: boolean }
  | { from: 'nobody'; why: Silence }

export type Silence = 'unknown-name' | 'refused' | 'certificate' | 'timeout' | 'failed'

/**
 * Sends a test request to the site's own URL, as its clients would. Users cannot influence the request: the URL is the
 * option `site.url`, and redirects are not followed.
 */
export async function askSite(site: Site, probes: Probes, test: Test): Promise<Answer> {
  const nonce = probes.createNonce(test)
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Encoding': 'identity' }
  if (test === 'authorization-header') headers.Authorization = DUMMY_CREDENTIALS
  try {
    const response = await fetch(site.url + probePath(test, nonce), {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.waitMs),
    })
    const is = probes.readAnswer(test, nonce, await readJson(response, MAX_ANSWER))
    if (is !== null) return { from: 'this-site', is, policies: policiesOf(response) }
    return { from: 'somebody-else', isRedirect: response.status >= 300 && response.status < 400 }
  } catch (error) {
    return { from: 'nobody', why: silenceOf(error) }
  }
}

/** A comma separates policies, also those of several headers. */
const policiesOf = ({ headers }: Response): string[] =>
  (headers.get('Content-Security-Policy') ?? '').split(',').map(policy => policy.trim())

/** Maps error codes of Node and OpenSSL. Unknown ones are `failed`. */
function silenceOf(error: unknown): Silence {
  if ((error as Error).name === 'TimeoutError') return 'timeout'
  const code = String((error as { cause?: { code?: unknown } }).cause?.code ?? '')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown-name'
  if (code === 'ECONNREFUSED') return 'refused'
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'certificate'
  return /TIMEOUT|TIMEDOUT/.test(code) ? 'timeout' : 'failed'
}
