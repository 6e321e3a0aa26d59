import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ExecutionContext } from 'ava'

/** An application that waits on this machine, as desktop programs do, for what the authorize page sends it. */
export async function startReceiver(t: ExecutionContext, address = '127.0.0.1', delayMs = 0) {
  const received: URL[] = []
  const posted: URLSearchParams[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1')
    if (url.pathname === '/callback') received.push(url)
    if (request.method === 'POST') posted.push(new URLSearchParams(await text(request)))
    // Applications often go on to a page of theirs that stands elsewhere.
    const onward = url.searchParams.get('onward')
    if (onward) {
      response.writeHead(302, { Location: onward }).end()
      return
    }
    response.setHeader('Content-Type', 'text/html')
    setTimeout(() => response.end('<!doctype html><title>Client</title><p>Thank you.'), delayMs)
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  t.teardown(() => server.close())
  const host = address.includes(':') ? `[${address}]` : address
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, received, posted }
}
