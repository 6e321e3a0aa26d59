import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'

const TYPES: Record<number, 'A' | 'AAAA'> = { 1: 'A', 28: 'AAAA' }

/**
 * A DNS server on this machine (RFC 1035, 4).
 *
 * @param zone bytes of the address of a name; null: there is none of this type; undefined: no answer at all
 * @returns its address, and the names that were asked for
 */
export async function startDns(
  t: ExecutionContext,
  zone: (name: string, type: 'A' | 'AAAA') => readonly number[] | null | undefined,
) {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
    const question = query.subarray(12, at + 5)
    const type = query.readUInt16BE(at + 1)
    const name = labels.join('.')
    asked.push(name)
    const bytes = zone(name, TYPES[type] ?? 'A')
    if (bytes === undefined) return
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, bytes ? 1 : 0, 0, 0, 0, 0])
    // The name of the question again; class IN, for a minute.
    const record = bytes ? [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes] : []
    socket.send(Buffer.concat([header, question, Buffer.from(record)]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => void socket.close())
  return { server: `127.0.0.1:${(socket.address() as AddressInfo).port}`, asked }
}
