import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'
import { Duplex } from 'node:stream'
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls'

/** Bytes that a server may send before the connection is secure. A long chain of certificates has about 8 KB. */
const MAX_HANDSHAKE = 16 * 1024

/**
 * Connects with TLS to a server that others chose. Node checks all certificates of the server on the main thread before it
 * reports that it trusts none of them. OpenSSL accepts 100 KB of certificates. With keys that are slow to check, that would
 * block all requests for more than a second.
 */
export function connectShortly(options: ConnectionOptions & TcpNetConnectOpts): TLSSocket {
  const { host, port, lookup } = options
  const plain = connect({ host, port, ...(lookup && { lookup }) })
  const counted = new CountedSocket(plain, MAX_HANDSHAKE)
  return tlsConnect({ ALPNProtocols: ['http/1.1'], ...options, path: undefined, socket: counted })
    .once('secureConnect', () => counted.takeAll())
    .once('close', () => plain.destroy())
}

/** Ends the connection if too many bytes arrive, before they are parsed. */
class CountedSocket extends Duplex {
  readonly #plain: Socket
  #left: number

  constructor(plain: Socket, most: number) {
    super()
    this.#plain = plain
    this.#left = most
    plain
      .on('data', chunk => this.#receive(chunk))
      .once('end', () => this.push(null))
      .once('error', error => this.destroy(error))
      .once('close', () => this.destroy())
  }

  takeAll(): void {
    this.#left = Number.POSITIVE_INFINITY
  }

  #receive(chunk: Buffer): void {
    this.#left -= chunk.length
    if (this.#left < 0) this.destroy(new Error(`The TLS handshake is longer than ${MAX_HANDSHAKE} bytes.`))
    else if (!this.push(chunk)) this.#plain.pause()
  }

  override _read(): void {
    this.#plain.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#plain.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#plain.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#plain.destroy()
    done(error)
  }
}
