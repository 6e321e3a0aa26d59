import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { ExecutionContext } from 'ava'
import { ownCertificate } from './certificate.ts'

/** A server on this machine that holds a certificate which this process trusts, and says of itself what is asked of it. */
export async function startInner(t: ExecutionContext, callback: string) {
  const { cert, key } = await ownCertificate(t)
  const requests: string[] = []
  const counted = { connections: 0 }
  const server = createTlsServer({ cert, key }, ({ headers, url = '' }, response) => {
    requests.push(url)
    const document = { client_name: 'Inner', redirect_uris: [callback], token_endpoint_auth_method: 'none' }
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ client_id: `https://${headers.host}${url}`, ...document }))
  })
  server.on('connection', () => counted.connections++)
  return { port: await listen(t, server), requests, counted }
}

/** Listens on this machine until the test ends. @returns the port */
export async function listen(t: ExecutionContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
