import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'

/**
 * An application with a server of its own, which knows its address before it is built.
 *
 * @returns that address
 */
export async function startApp(
  t: ExecutionContext,
  build: (url: string) => RequestListener | Promise<RequestListener>,
): Promise<string> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  server.on('request', await build(url))
  return url
}
