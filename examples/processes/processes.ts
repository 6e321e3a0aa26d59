import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'

/** A request that takes longer does not keep its process from ending. */
const MAX_STOP_MS = 30_000
/** A process that ends by itself is replaced after this while, or one that cannot run would be started without a pause. */
const REPLACE_AFTER_MS = 1_000

/**
 * Keeps so many processes serving at one port. Each accepts from it by itself. In Node's other way this first process would
 * accept, and a connection that it has just handed to a process which dies would hang.
 */
export async function keepProcesses(count: number): Promise<void> {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const serving = new Set<Worker>()
  let isStopping = false

  /** @returns whether it came as far as to serve */
  async function start(): Promise<boolean> {
    const worker = cluster.fork()
    const exit = once(worker, 'exit')
    const serves = await Promise.race([once(worker, 'listening').then(() => true), exit.then(() => false)])
    if (!serves) return false
    serving.add(worker)
    console.log(`Process ${worker.process.pid} serves.`)
    exit.then(async () => {
      if (serving.delete(worker)) await replace(worker)
    })
    return true
  }

  async function replace(gone: Worker): Promise<void> {
    console.log(`Process ${gone.process.pid} is gone; another takes its place.`)
    do await new Promise(resolve => setTimeout(resolve, REPLACE_AFTER_MS))
    while (!isStopping && serving.size < count && !(await start()))
  }

  async function stop(worker: Worker): Promise<void> {
    serving.delete(worker)
    if (worker.isDead()) return
    const exit = once(worker, 'exit')
    worker.disconnect()
    const deadline = setTimeout(() => worker.process.kill('SIGKILL'), MAX_STOP_MS)
    await exit
    clearTimeout(deadline)
  }

  /** One by one, each after another has taken its place. If one cannot start, the rest stay as they are. */
  async function restart(): Promise<void> {
    for (const worker of [...serving]) {
      if (isStopping) return
      // It died meanwhile, and has been replaced.
      if (!serving.has(worker)) continue
      if (!(await start())) return console.log('The new process did not start; the old ones go on.')
      await stop(worker)
    }
    console.log('Restarted.')
  }

  async function stopAll(): Promise<void> {
    // Whoever presses Ctrl-C twice, or npm, which hands on what came to all.
    if (isStopping) return
    isStopping = true
    await Promise.all(Object.values(cluster.workers ?? {}).map(worker => worker && stop(worker)))
  }

  await Promise.all(Array.from({ length: count }, start))
  if (serving.size < count) {
    process.exitCode = 1
    return stopAll()
  }
  let work = Promise.resolve()
  process.on('SIGHUP', () => {
    work = work.then(restart)
  })
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stopAll)
  console.log(`${count} processes serve. Restart them: kill -HUP ${process.pid}`)
}
