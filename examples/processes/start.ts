import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { keepProcesses } from './processes.ts'
import { serve } from './site.ts'

// This file runs in the first process, which answers no requests, and in each of those that it starts.
if (cluster.isPrimary) {
  await keepProcesses(Number(process.env.WEB_CONCURRENCY ?? availableParallelism()))
} else {
  // Terminals and systemd send these to all processes; it is the first one that says when to end.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => {})
  await serve(Number(process.env.PORT ?? 3000))
}
