import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'

/** A client that never finishes its request must not keep the site from stopping. */
const LONGEST_STOP_MS = 10_000
const SWEEP_EVERY_MS = 50

/**
 * Makes a server that does not listen yet one that can be stopped.
 *
 * @returns what stops it: answers the requests that are here, takes no new ones, and lets go of connections without one.
 */
export function stoppable(server: Server): () => Promise<void> {
  // Browsers connect before they have a request; Node does not count such connections as idle.
  const unused = new Set<Socket>()
  server.on('connection', socket => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))

  return async function stop() {
    const closed = promisify(server.close.bind(server))()
    for (const socket of unused) socket.destroy()
    server.closeIdleConnections()
    // A connection that is kept alive becomes idle when its request has got its answer.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
    const deadline = setTimeout(() => server.closeAllConnections(), LONGEST_STOP_MS)
    await closed
    clearInterval(sweep)
    clearTimeout(deadline)
  }
}
