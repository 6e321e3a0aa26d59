import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'ava'

const PARENT = `
import { spawn } from 'node:child_process'
import { endWithProcess } from ${JSON.stringify(new URL('end-with-process.ts', import.meta.url).href)}
const isGroup = process.argv[1] === 'group'
const child = spawn('bash', ['-c', 'sleep 600 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'], detached: isGroup })
endWithProcess(child, isGroup)
child.stdout.once('data', data => console.log(isGroup ? Number(data) : child.pid))
`

for (const kind of ['process', 'group']) {
  test(`processes that a test file started end when the file is stopped: a ${kind}`, async t => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data')
    const pid = Number(line)
    t.true(isRunning(pid))
    parent.kill('SIGTERM')
    await once(parent, 'exit')
    while (isRunning(pid)) await new Promise(resolve => setTimeout(resolve, 10))
    t.pass()
  })
}

/** Of a process that has ended and that init has not collected yet, Linux says "Z". */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return true
}
