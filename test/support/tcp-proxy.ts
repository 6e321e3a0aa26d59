import { connect, createServer, type Socket } from 'node:net'
import type { ExecutionContext } from 'ava'
import { listen } from './inner.ts'

/** Stands before a server, and can stop to forward anything: to its clients the server is there and says nothing. */
export async function tcpProxy(t: ExecutionContext, to: number) {
  const sockets = new Set<Socket>()
  let isFrozen = false

  function track(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }

  const server = createServer(client => {
    const upstream = connect(to, '127.0.0.1')
    for (const socket of [client, upstream]) track(socket)
    client.on('data', data => upstream.write(data))
    upstream.on('data', data => client.write(data))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    if (isFrozen) for (const socket of [client, upstream]) socket.pause()
  })
  const port = await listen(t, server as never)
  return {
    port,
    freeze() {
      isFrozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw() {
      isFrozen = false
      for (const socket of sockets) socket.resume()
    },
  }
}
