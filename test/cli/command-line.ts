import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import type { Io } from '../../src/cli/io.ts'
import { run as runCommand } from '../../src/cli/program.ts'
import { Client } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { endWithProcess } from '../support/end-with-process.ts'

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** A dump of a WordPress with one user, as small as it can be. */
export const DUMP = `CREATE TABLE wp_users (ID int, user_login text, user_pass text, user_email text, user_registered text, display_name text);
INSERT INTO wp_users VALUES (1,'ann','','ann@example.com','2020-01-01 00:00:00','Ann');
CREATE TABLE wp_usermeta (umeta_id int, user_id int, meta_key text, meta_value text);
INSERT INTO wp_usermeta VALUES (1,1,'wp_capabilities','a:1:{s:6:"author";b:1;}');
`

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Served {
  url: string
  port: number
  client: Client
  process: ChildProcess
  /** All that the server has printed so far. */
  output(): string
  /** Sends the signal, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
}

type Environment = Record<string, string>

interface More {
  input?: string
  env?: Environment
  /** Whether the output is a terminal. */
  isTTY?: boolean
}

/** The command line, on a database and in a directory of this test's own. */
export async function commandLine(t: ExecutionContext, env: Environment = {}) {
  const databaseUrl = await freshDatabase(t)
  const directory = await mkdtemp(join(tmpdir(), 'koa-wp-connect-cli-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const { PATH = '', NODE_V8_COVERAGE = '', NODE_COMPILE_CACHE = '' } = process.env
  const environment: Environment = { PATH, NODE_V8_COVERAGE, NODE_COMPILE_CACHE, DATABASE_URL: databaseUrl, ...env }

  function start(args: readonly string[], more: Environment = {}): ChildProcess {
    return spawn(process.execPath, [MAIN, ...args], { cwd: directory, env: { ...environment, ...more } })
  }

  /** Runs a command in a process of its own. */
  async function spawned(args: readonly string[], { input = '', env = {} }: More = {}): Promise<Ended> {
    const child = start(args, env)
    child.stdin?.end(input)
    return ended(child)
  }

  /** Runs a command in the process of the test, which takes a tenth of the time. */
  async function run(args: readonly string[], { input = '', env = {}, isTTY = false }: More = {}): Promise<Ended> {
    const texts = { stdout: '', stderr: '' }
    const into = (name: keyof typeof texts) =>
      new Writable({
        write(chunk, _encoding, done) {
          texts[name] += chunk
          done()
        },
      })
    const io: Io = {
      stdin: Readable.from([input]),
      stdout: Object.assign(into('stdout'), { isTTY }),
      stderr: into('stderr'),
      env: { ...environment, ...env },
    }
    await inDirectory(directory, () => runCommand(args, io))
    return { code: Number(io.exitCode ?? 0), ...texts }
  }

  return {
    directory,
    environment,
    run,
    spawned,

    /** What a command that succeeds shows. */
    async ok(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(args)
      t.deepEqual({ code, stderr }, { code: 0, stderr: '' }, `${args.join(' ')}: ${stderr}`)
      return stdout
    },

    /** What a command that fails says; it shows nothing on stdout. */
    async fails(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(args)
      t.deepEqual({ code, stdout }, { code: 1, stdout: '' }, args.join(' '))
      t.notRegex(stderr, / at .*:\d+/, 'no stack')
      return stderr
    },

    async serve(more: Environment = {}): Promise<Served> {
      const port = await freePort()
      const child = start(['serve'], { PORT: String(port), ...more })
      t.teardown(() => child.kill('SIGKILL'))
      const end = ended(child)
      let output = ''
      await new Promise<void>((resolve, reject) => {
        child.stdout?.on('data', chunk => {
          output += chunk
          if (output.includes('listening on')) resolve()
        })
        end.then(({ stderr }) => reject(new Error(stderr)))
      })
      const url = `http://localhost:${port}`
      return {
        url,
        port,
        client: new Client(url),
        process: child,
        output: () => output,
        stop(signal = 'SIGTERM') {
          child.kill(signal)
          return end
        },
      }
    },
  }
}

let last: Promise<unknown> = Promise.resolve()

/** The process has one directory, and commands read files of theirs: one at a time. */
function inDirectory<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const result = last.then(async () => {
    const before = process.cwd()
    process.chdir(directory)
    try {
      return await work()
    } finally {
      process.chdir(before)
    }
  })
  last = result.catch(() => {})
  return result
}

/** Waits for the end of a process. */
export async function ended(child: ChildProcess): Promise<Ended> {
  endWithProcess(child)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', chunk => {
    stdout += chunk
  })
  child.stderr?.on('data', chunk => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
