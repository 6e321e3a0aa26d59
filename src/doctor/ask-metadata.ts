import { rootPathOf } from '../http/root-path.ts'
import { REST_PREFIX } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { readJson } from './read-json.ts'

/** An OAuth metadata document, which clients request first, and whether it is the site's own. */
export interface Metadata {
  url: string
  isThere: boolean
}

/** Where a site's OAuth metadata should be. */
export interface OAuthAddresses {
  /** Path prefixes of the host's API. */
  api: readonly string[]
  paths: { metadata: string; protectedResource: string }
}

/**
 * Requests the metadata where clients look for it: at the root of the host, with the path of the site and of its API
 * appended (RFC 8414, section 3.1; RFC 9728, section 3.1), and where the site's own 401 responses say that it is.
 */
export async function askMetadata(site: Site, { api, paths }: OAuthAddresses): Promise<Metadata[]> {
  const { origin } = new URL(site.url)
  const root = rootPathOf(site.url)
  const isServer = (body: Record<string, unknown>) => body.issuer === site.url
  const isResource = (body: Record<string, unknown>) => String(body.resource).startsWith(site.url)
  const wanted = new Map([[`${origin}${paths.metadata}${root}`, isServer]])
  for (const prefix of [REST_PREFIX, ...api]) {
    wanted.set(`${origin}${paths.protectedResource}${root}${prefix}`, isResource)
    wanted.set(`${site.url}${paths.protectedResource}${prefix}`, isResource)
  }
  return Promise.all([...wanted].map(async ([url, isOurs]) => ({ url, isThere: await isThere(url, isOurs) })))
}

/** Long, because the first request loads the OAuth server and may create its key. */
const MAX_WAIT_MS = 10_000
/** The document lists all scopes and claims. */
const MAX_BYTES = 64 * 1024

async function isThere(url: string, isOurs: (body: Record<string, unknown>) => boolean): Promise<boolean> {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(MAX_WAIT_MS),
    })
    const body = await readJson(response, MAX_BYTES)
    return response.status === 200 && typeof body === 'object' && body !== null && isOurs({ ...body })
  } catch {
    return false
  }
}
