import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'

/**
 * Listens, and tells whoever started this process where.
 *
 * @param headers one set for each client that is let in
 */
export async function listen(app: Koa, headers: Record<string, string>[] = [{}]): Promise<void> {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', () => process.send?.({ rss: process.memoryUsage.rss() }))
  process.once('disconnect', () => process.exit())
  process.send?.({ port: (server.address() as AddressInfo).port, headers })
}
