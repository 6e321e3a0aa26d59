import type { ChildProcess } from 'node:child_process'

const children = new Set<{ child: ChildProcess; isGroup: boolean }>()

/**
 * Ends a child when this process ends, however that comes about. After a time-out ava stops a test file by SIGTERM, and no
 * teardown runs: a server would go on for hours.
 *
 * @param isGroup whether it was started with `detached`, so that all that it started ends with it
 */
export function endWithProcess<C extends ChildProcess>(child: C, isGroup = false): C {
  listen()
  const entry = { child, isGroup }
  children.add(entry)
  child.once('exit', () => isGroup || children.delete(entry))
  return child
}

let isListening = false

function listen(): void {
  if (isListening) return
  isListening = true
  process.once('exit', () => {
    for (const { child, isGroup } of children) kill(child, isGroup)
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
}

function kill({ pid }: ChildProcess, isGroup: boolean): void {
  try {
    if (pid !== undefined) process.kill(isGroup ? -pid : pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
