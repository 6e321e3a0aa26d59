import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'

/** A server at a free port, whose address is known before there is an app to answer; it ends with the test. */
export async function listen(t: ExecutionContext) {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const answer = (app: RequestListener) => void server.on('request', app)
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, answer }
}
