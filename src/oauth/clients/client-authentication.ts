import { isUtf8 } from 'node:buffer'
import { constantTimeEqual } from '../../crypto/constant-time.ts'
import { tokenHash } from '../../crypto/random-token.ts'
import type { ClientRows } from './client-rows.ts'

/** The ways in which a client identifies itself: its form, its Authorization header, or both. */
export interface ClientRequest {
  form: URLSearchParams
  /** The Authorization header; '' if there is none. */
  authorization: string
}

interface Pair {
  id: string
  secret: string
}

/**
 * Removes duplicate client authentication from a request: oidc-provider rejects everything that comes in two ways. A header
 * that names none of our clients, such as the login of a staging site, is removed if the form names the client. The secret
 * is still checked afterwards; the removed part proves nothing.
 */
export async function identifiedOnce(clients: Pick<ClientRows, 'find'>, sent: ClientRequest): Promise<ClientRequest> {
  const form = new URLSearchParams(sent.form)
  // A parameter without a value counts as absent (RFC 6749, section 3.2).
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

/** Handles a form and a header that name the same client: one of them is enough if they have the same secret. */
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
  // A client without a secret may still identify itself in the header.
  if (secret === '') {
    form.set('client_id', id)
    return { form, authorization: '' }
  }
  const encoded = [id, secret].map(encodeURIComponent).join(':')
  return { form, authorization: `Basic ${Buffer.from(encoded).toString('base64')}` }
}

/**
 * Returns the pairs that a Basic header can mean: as it is, and percent-decoded (RFC 6749, section 2.3.1), because not
 * every client encodes. Empty if the header is not a valid Basic pair.
 */
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

/** Returns the pair with the correct secret. If none is correct, the last one, which is the reading of the standard. */
async function fittingPair(clients: Pick<ClientRows, 'find'>, pairs: Pair[]): Promise<Pair> {
  const last = pairs.at(-1) as Pair
  if (pairs.length === 1) return last
  for (const pair of pairs) {
    const { secretHash } = (await clients.find(pair.id)) ?? {}
    if (secretHash && constantTimeEqual(secretHash, tokenHash(pair.secret))) return pair
  }
  return last
}

/** A client with a client ID metadata document is recognized by its URL alone. */
const isClient = async (clients: Pick<ClientRows, 'find'>, id: string): Promise<boolean> =>
  id.startsWith('https:') || (await clients.find(id)) !== undefined
