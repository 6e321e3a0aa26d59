import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ExecutionContext } from 'ava'
import { ownCertificate } from './certificate.ts'
import { listen } from './inner.ts'

interface Ways {
  /** Ends TLS, with a certificate that this process trusts. */
  tls?: boolean
  /** What becomes of a request's headers on the way. */
  there?(headers: IncomingHttpHeaders): void
  /** What becomes of those of the answer. */
  back?(headers: IncomingHttpHeaders): void
  /** Answers in the site's place, if it wants to. */
  instead?(incoming: IncomingMessage, outgoing: ServerResponse): boolean
}

/** A proxy of the test's own before a site, which is there before the site: the site must know its address. */
export async function startFront(t: ExecutionContext, { tls = false, there, back, instead }: Ways = {}) {
  let port = 0

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (instead?.(incoming, outgoing)) return
    const { method, url: path, headers } = incoming
    there?.(headers)
    const onward = request({ host: 'localhost', port, method, path, headers }, answer => {
      back?.(answer.headers)
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }

  const server = tls ? createTlsServer(await ownCertificate(t), pass) : createServer(pass)
  const url = `${tls ? 'https' : 'http'}://localhost:${await listen(t, server)}`
  return {
    url,
    /** Whom it passes requests to. */
    leadTo(site: { url: string }): void {
      port = Number(new URL(site.url).port)
    },
  }
}
