import autocannon from 'autocannon'
import { type Server, type Started, start, stop } from './servers.ts'

export interface Load {
  connections: number
  path?: string
  method?: string
  body?: string
  /** What every answer must be; 200 if absent. */
  statuses?: readonly number[]
}

/** A row of a table: what is measured, and by which load. */
export interface Row extends Server {
  name: string
  load?: Partial<Load>
}

export interface Measured {
  name: string
  /** Requests a second; the median of the rounds. */
  rate: number
  /** Against the first row of the same table: the median of each round's own ratio. */
  ratio: number
}

const PATH = '/api/posts'
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)

/** All rows in turn, round by round: whatever else the machine does, it does it to all of them. */
export async function measure(rows: readonly Row[], load: Load): Promise<Measured[]> {
  const servers = new Map<Row, Started>()
  for (const row of rows) servers.set(row, await start(row))
  for (const [{ load: own }, server] of servers) await useEach(server, { ...load, ...own })
  const rates = new Map<Row, number[]>(rows.map(row => [row, []]))
  for (let round = -1; round < ROUNDS; round++) {
    for (const [row, server] of servers) {
      const rate = await rateOf(server, { ...load, ...row.load }, round < 0 ? 1 : SECONDS)
      // The first round only warms up.
      if (round >= 0) rates.get(row)?.push(rate)
    }
  }
  for (const server of servers.values()) await stop(server)
  const [first = []] = rates.values()
  return [...rates].map(([{ name }, all]) => ({
    name,
    rate: median(all),
    ratio: median(all.map((rate, round) => rate / (first[round] ?? Number.NaN))),
  }))
}

/** The first use of a credential may cost more than the next ones, with argon2id. */
async function useEach({ url, headers }: Started, { path = PATH, method = 'GET', body }: Load): Promise<void> {
  const sent = body === undefined ? {} : { body }
  for (const each of headers) await (await fetch(url + path, { method, headers: each, ...sent })).arrayBuffer()
}

/** @throws Error if any answer is not what it should be: a refusal is quick, and measures nothing. */
export async function rateOf(server: Started, load: Load, seconds: number): Promise<number> {
  const { connections, path = PATH, method = 'GET', body, statuses = [200] } = load
  let client = 0
  const result = await autocannon({
    url: server.url + path,
    connections,
    duration: seconds,
    method,
    ...(body !== undefined && { body }),
    setupClient(each) {
      const headers = server.headers[client++ % server.headers.length] ?? {}
      each.setHeaders({ ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) })
    },
  })
  const others = Object.keys(result.statusCodeStats).filter(code => !statuses.includes(Number(code)))
  if (others.length > 0 || result.errors > 0) {
    throw new Error(`${path}: ${others.join(', ')} instead of ${statuses}; ${result.errors} errors`)
  }
  return result.requests.average
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
