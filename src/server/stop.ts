import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** Tests set longer limits. */
export const limits = {
  /** A client that never finishes its request must not prevent the site from stopping. */
  waitMs: 10_000,
  /** By then, requests on new or kept-alive connections have arrived. */
  onItsWayMs: 500,
}
const SWEEP_EVERY_MS = 50

/**
 * Prepares a server that does not listen yet, so that it can be stopped.
 *
 * @returns a function that stops the server. It answers the requests that have arrived or are on their way, each as the
 * last one of its connection, and closes connections without a request
 */
export function stoppable(server: Server): () => Promise<void> {
  let isStopping = false
  // Browsers open connections before they have a request; Node does not count those as idle.
  const unused = new Set<Socket>()
  const answering = new Set<ServerResponse>()
  server.on('connection', socket => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.prependListener('request', (request, response) => {
    unused.delete(request.socket)
    if (isStopping) return closeAfter(response)
    answering.add(response)
    response.once('close', () => answering.delete(response))
  })

  return async function stop() {
    isStopping = true
    // `server.close()` would close idle connections at once, and lose a request that is on its way over one.
    const closed = new Promise(resolve => NetServer.prototype.close.call(server, resolve))
    const deadline = setTimeout(() => server.closeAllConnections(), limits.waitMs)
    for (const response of answering) if (!response.headersSent) closeAfter(response)
    await Promise.race([closed, wait(limits.onItsWayMs, undefined, { ref: false })])
    for (const socket of unused) socket.destroy()
    server.closeIdleConnections()
    // A connection whose response had started becomes idle after it is sent.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
    await closed
    clearInterval(sweep)
    clearTimeout(deadline)
  }
}

function closeAfter(response: ServerResponse): void {
  response.setHeader('Connection', 'close')
}
