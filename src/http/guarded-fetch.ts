import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import { createConcurrencyLimit } from './concurrency-limit.ts'
import { isPublicAddress } from './public-address.ts'
import { type Address, resolveName } from './resolve-name.ts'
import { connectShortly } from './short-handshake.ts'

/** How this process reaches other servers. Tests replace it. */
export const network = {
  /** Returns all addresses of a name. */
  lookup: (name: string, signal: AbortSignal): Promise<Address[]> => resolveName(name, signal),
  request,
}

/**
 * Each fetch takes up to two sockets and the memory of its response. A caller who names slow servers delays only their own
 * fetches.
 */
const fetches = createConcurrencyLimit(100, 10)

export interface GuardedFetchOptions {
  /** The caller who causes the fetch. Each caller has a limited number of concurrent fetches. */
  caller: string
  headers?: Record<string, string>
  /** Maximum length of the body in bytes. A longer response is rejected. */
  maxBytes: number
  /** Time limit for everything: look-up, connection, TLS and body. In milliseconds. */
  timeoutMs: number
}

/**
 * Fetches a URL on the public Internet. All requests to URLs that others choose go through this function, so no packet goes
 * to an unchecked address. The name is looked up here, all of its addresses must be public, and the connection goes to one
 * of them. A name that resolves to another address a moment later changes nothing.
 *
 * It follows no redirects, uses no proxy, and keeps neither connections nor TLS sessions: a session ticket is text of the
 * server's choice, which would be sent in clear to wherever the name leads by then.
 *
 * @returns the response, whatever its status, with a body of `maxBytes` at most
 * @throws Error that says what was rejected, took too long or failed
 */
export async function guardedFetch(address: string | URL, options: GuardedFetchOptions): Promise<Response> {
  const url = new URL(address)
  const name = hostOf(url)
  const signal = AbortSignal.timeout(options.timeoutMs)
  const done = await fetches.take(options.caller, signal)
  try {
    // The slot is released whatever a server does to the connection.
    return await Promise.race([fetchOf(url, name, signal, options), aborted(signal)])
  } finally {
    done()
  }
}

async function fetchOf(url: URL, name: string, signal: AbortSignal, options: GuardedFetchOptions): Promise<Response> {
  const addresses = await checkedAddresses(name, signal)
  const answer = await send(url, name, addresses, signal, options.headers ?? {})
  const body = bodyFor(answer, await read(answer, options.maxBytes))
  return new Response(body, { status: answer.statusCode ?? 502, headers: headersOf(answer) })
}

/** @throws Error for a URL that no public server can have */
function hostOf({ protocol, hostname, username, password }: URL): string {
  if (protocol !== 'https:') throw new Error('Only https:// URLs are fetched.')
  if (username || password) throw new Error('A URL with a username or password is not fetched.')
  // `URL` has normalized all spellings of an IPv4 address. Public services are not addressed by number.
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (name === '' || isIP(name)) throw new Error('A URL with an IP address is not fetched. It must have a host name.')
  return name
}

/** @throws Error if any address is not public: a name that mixes both kinds is an attack */
async function checkedAddresses(name: string, signal: AbortSignal): Promise<Address[]> {
  const addresses = await network.lookup(name, signal)
  if (addresses.length === 0) throw new Error(`${name} has no IP address.`)
  for (const { address } of addresses) {
    if (!isIP(address) || !isPublicAddress(address)) throw new Error(`${name} has an IP address that is not public.`)
  }
  return addresses
}

function send(
  url: URL,
  name: string,
  addresses: Address[],
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: false, maxCachedSessions: 0 })
  Object.assign(agent, { createConnection: connectShortly })
  const options = {
    host: name,
    servername: name,
    port: url.port || 443,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, 'accept-encoding': 'identity' },
    agent,
    lookup: lookUpAs(addresses),
    signal,
  }
  return new Promise((resolve, reject) => {
    network
      .request(options, resolve)
      .once('error', reject)
      // Without a listener, Node closes the connection of a server that responds with 101, and emits neither a response nor
      // an error.
      .once('upgrade', (_answer, socket: Duplex) => {
        socket.destroy()
        reject(new Error('The server does not use HTTP.'))
      })
      .end()
  })
}

/** Resolves the connection's own look-up to the checked addresses. */
function lookUpAs(addresses: Address[]): LookupFunction {
  return (_name, { all }, callback) => {
    const [first] = addresses
    if (all) callback(null, addresses)
    else callback(null, first?.address ?? '', first?.family)
  }
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  // Leaving the loop destroys the stream, and so the connection.
  for await (const chunk of answer) {
    length += chunk.length
    if (length > maxBytes) throw new Error(`The response is longer than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** `Response` throws for a body with a status that has none (RFC 9110, sections 15.3.5 and 15.4.5). */
const bodyFor = ({ statusCode = 502 }: IncomingMessage, body: Buffer) =>
  [101, 204, 205, 304].includes(statusCode) ? null : new Uint8Array(body)

/** The first value of each header. Headers about the connection are dropped. */
function headersOf({ headers }: IncomingMessage): Headers {
  const kept = new Headers()
  for (const name of ['content-type', 'cache-control', 'expires', 'date', 'age', 'etag', 'location']) {
    const value = headers[name]
    if (typeof value === 'string') kept.set(name, value)
  }
  return kept
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
