import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A client that never finishes its request must not keep the site from stopping. */
const MAX_STOP_MS = 10_000
/** What is on its way over a connection that is kept alive, or was just made, has arrived by then. */
const ON_ITS_WAY_MS = 500
const SWEEP_EVERY_MS = 50

/**
 * Makes a server that does not listen yet one that can be stopped.
 *
 * @returns what stops it: answers the requests that are here or on their way, each as the last of its connection, and lets
 * go of connections without one.
 */
export function stoppable(server: Server): () => Promise<void> {
  let isStopping = false
  // Browsers connect before they have a request; Node does not count such connections as idle.
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
    // Not `server.close()`: it would cut idle connections at once, and with them the request that is on its way over one.
    const closed = new Promise(resolve => NetServer.prototype.close.call(server, resolve))
    const deadline = setTimeout(() => server.closeAllConnections(), MAX_STOP_MS)
    for (const response of answering) if (!response.headersSent) closeAfter(response)
    await Promise.race([closed, wait(ON_ITS_WAY_MS)])
    for (const socket of unused) socket.destroy()
    server.closeIdleConnections()
    // A connection whose answer had begun becomes idle when it is sent.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
    await closed
    clearInterval(sweep)
    clearTimeout(deadline)
  }
}

function closeAfter(response: ServerResponse): void {
  response.setHeader('Connection', 'close')
}
