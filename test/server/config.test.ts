import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { ended } from '../cli/command-line.ts'

const CONFIG = fileURLToPath(new URL('../../src/server/config.ts', import.meta.url))
const ROUNDS = 100

/** Asks for the secret in one directory after the other, each at its moment. */
const ASK = `
  const { keptSecret } = await import(${JSON.stringify(CONFIG)})
  const [base, began] = process.argv.slice(1)
  for (let round = 0; round < ${ROUNDS}; round++) {
    process.chdir(base + '/' + round)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.max(0, Number(began) + round * 5 - Date.now()))
    console.log(keptSecret())
  }`

test('processes that create the secret at once in one directory all get the same complete one', async t => {
  const base = await mkdtemp(join(tmpdir(), 'koa-wp-connect-secret-'))
  t.teardown(() => rm(base, { recursive: true }))
  for (let round = 0; round < ROUNDS; round++) await mkdir(join(base, String(round)))
  const args = ['--input-type=module', '-e', ASK, base, String(Date.now() + 1000)]
  const all = await Promise.all([1, 2, 3].map(() => ended(spawn(process.execPath, args))))
  for (const { code, stderr } of all) t.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const [first, ...others] = all.map(({ stdout }) => stdout.trim().split('\n'))
  t.is(first?.length, ROUNDS)
  t.true(first?.every(secret => /^[\w-]{43}$/.test(secret)))
  for (const other of others) t.deepEqual(other, first)
})
