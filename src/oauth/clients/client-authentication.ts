import { isUtf8 } from 'node:buffer'
import { constantTimeEqual } from '../../crypto/constant-time.ts'
import { tokenHash } from '../../crypto/random-token.ts'
import type { ClientRows } from './client-rows.ts'

/** How a client says who it is: by its form, by its Authorization header, or by both. */
export interface ClientRequest {
  form: URLSearchParams
  /** The header, '' for none. */
  authorization: string
}

interface Pair {
  id: string
  secret: string
}

/**
 * The same request with what was said twice said once, as oidc-provider wants it: it refuses everything that comes in two ways.
 * A header that names no client of ours, such as the log-in of a staging site, is left out where the form says who asks. The
 * secret is checked afterwards as ever; what is left out here proves nothing.
 */
export async function identifiedOnce(clients: Pick<ClientRows, 'find'>, sent: ClientRequest): Promise<ClientRequest> {
  const form = new URLSearchParams(sent.form)
  // Without a value is as if absent (RFC 6749, 3.2).
  for (const name of ['client_id', 'client_secret'])
    if (form.getAll(name).every(value => value === '')) form.delete(name)
  const unchanged = { form, authorization: sent.authorization }
  if (sent.authorization === '') return unchanged
  const pairs = basicPairs(sent.authorization)
  const ids = form.getAll('client_id')
  if (ids.length > 0 || form.has('client_assertion')) {
    const same = pairs.filter(({ id }) => id === ids[0])
    if (same.length > 0) return mergeSame(clients, form, same, sent.authorization)
    const isOurs = await Promise.all(pairs.map(({ id }) => isClient(clients, id)))
    return isOurs.includes(true) ? unchanged : { form, authorization: '' }
  }
  return pairs.length === 0 ? unchanged : byHeader(form, await fittingPair(clients, pairs))
}

/** The form and the header name one client: once is enough, if they say the same secret. */
async function mergeSame(
  clients: Pick<ClientRows, 'find'>,
  form: URLSearchParams,
  same: Pair[],
  authorization: string,
) {
  const secrets = form.getAll('client_secret')
  if (same.every(({ secret }) => secret === '')) return { form, authorization: '' }
  if (form.has('client_assertion') || secrets.length > 1) return { form, authorization }
  if (secrets.length === 0) return byHeader(form, await fittingPair(clients, same))
  const equal = same.find(({ secret }) => secret === secrets[0])
  if (!equal) return { form, authorization }
  form.delete('client_secret')
  return byHeader(form, equal)
}

function byHeader(form: URLSearchParams, { id, secret }: Pair): ClientRequest {
  // A client without a secret may say who it is in the header all the same.
  if (secret === '') {
    form.set('client_id', id)
    return { form, authorization: '' }
  }
  const encoded = [id, secret].map(encodeURIComponent).join(':')
  return { form, authorization: `Basic ${Buffer.from(encoded).toString('base64')}` }
}

/** As it stands, and percent-decoded (RFC 6749, 2.3.1): not every client encodes. None for a header that is no Basic pair. */
function basicPairs(authorization: string): Pair[] {
  const [, encoded = ''] = /^basic +([A-Za-z\d+/]+={0,2})$/i.exec(authorization.trim()) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  const text = isUtf8(bytes) ? bytes.toString() : ''
  const colon = text.indexOf(':')
  if (colon < 0) return []
  const raw = { id: text.slice(0, colon), secret: text.slice(colon + 1) }
  if (!/[%+]/.test(text)) return [raw]
  const [id, secret] = [decoded(raw.id), decoded(raw.secret)]
  return id === null || secret === null ? [raw] : [raw, { id, secret }]
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** The pair whose secret is right; the last reading, the one of the standard, if none is. */
async function fittingPair(clients: Pick<ClientRows, 'find'>, pairs: Pair[]): Promise<Pair> {
  const last = pairs.at(-1) as Pair
  if (pairs.length === 1) return last
  for (const pair of pairs) {
    const { secretHash } = (await clients.find(pair.id)) ?? {}
    if (secretHash && constantTimeEqual(secretHash, tokenHash(pair.secret))) return pair
  }
  return last
}

/** One that describes itself by a document is known by the document's address alone. */
const isClient = async (clients: Pick<ClientRows, 'find'>, id: string): Promise<boolean> =>
  id.startsWith('https:') || (await clients.find(id)) !== undefined
