import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'

/** One address before several processes: of two requests that follow each other, no process gets both. */
export async function startBalancer(t: ExecutionContext) {
  const ports: number[] = []
  let count = 0

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const port = ports[count++ % ports.length]
    const { method, url: path, headers } = incoming
    const onward = request({ host: 'localhost', port, method, path, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }

  const server = createServer(pass)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    /** Whom it passes requests to from now on. */
    balance(...among: { port: number }[]): void {
      ports.splice(0, ports.length, ...among.map(({ port }) => port))
    },
  }
}
