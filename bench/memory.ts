import { setTimeout } from 'node:timers/promises'
import { type Row, rateOf } from './measure.ts'
import { start, stop } from './servers.ts'

const MINUTES = Number(process.env.BENCH_MINUTES ?? 10)
const MEGABYTE = 1024 * 1024

/**
 * Memory of the process, minute by minute, while 64 connections ask as fast as they can: the most of each minute, because
 * between two collections of garbage it rises and falls.
 */
export async function memory(row: Row): Promise<string[][]> {
  const server = await start(row)
  const rows = [['minute', 'memory of the process at most']]
  for (let minute = 1; minute <= MINUTES; minute++) {
    let isOver = false
    const load = rateOf(server, { connections: 64 }, 60).finally(() => {
      isOver = true
    })
    let most = 0
    while (!isOver) {
      most = Math.max(most, await server.rss())
      await setTimeout(250)
    }
    await load
    rows.push([String(minute), `${Math.round(most / MEGABYTE)} MB`])
  }
  await stop(server)
  return rows
}
