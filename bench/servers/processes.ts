import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'

/** As many processes of one site as PROCESSES says, on one port. */
cluster.setupPrimary({ exec: fileURLToPath(new URL('connect.ts', import.meta.url)) })

const listening = (worker: Worker) => new Promise(resolve => worker.once('message', resolve))
const workers = Array.from({ length: Number(process.env.PROCESSES) }, () => cluster.fork())
const [told] = await Promise.all(workers.map(listening))
process.once('disconnect', () => process.exit())
process.send?.(told)
