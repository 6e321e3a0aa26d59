import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/**
 * Sends a request so many times at once, and really so: the server holds each until all of them are there. Without that, a busy machine
 * answers the first before the last one has arrived.
 */
export async function together<T>(server: Server, times: number, request: () => Promise<T>): Promise<T[]> {
  const listeners = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  const held: [IncomingMessage, ServerResponse][] = []
  const hold = (request: IncomingMessage, response: ServerResponse) => {
    held.push([request, response])
    if (held.length < times) return
    server.off('request', hold)
    for (const listener of listeners) server.on('request', listener)
    for (const [request, response] of held) server.emit('request', request, response)
  }
  server.removeAllListeners('request')
  server.on('request', hold)
  return Promise.all(Array.from({ length: times }, request))
}
