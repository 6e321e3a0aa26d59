/**
 * What guessing costs those who do not guess, and what time tells whoever guesses. By hand:
 *
 *     node bench/guessing.ts [seconds of each attack] [log-ins of each kind] [API calls of each kind]
 *
 * The site is a process of its own, as `npm start` runs it, on the database that DATABASE_URL names (a fresh SQLite file if
 * none); the attack another. Every guess comes from the next of many addresses, by X-Forwarded-For.
 */
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from '../test/support/client.ts'
import { freePort } from '../test/support/shell.ts'

const PASSWORD = 'correct horse battery staple'
const GUESSES_A_SECOND = 1000
const ADDRESSES = 100_000
const API_PATH = '/wp-json/wp/v2/users/me'

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

interface Answer {
  status: number
  ms: number
}

type Send = (address: string, login: string, password: string) => Promise<Answer>

function send(port: number, method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', agent, method, path, headers }, answer => {
      answer.resume()
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - began }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

const toApi =
  (port: number): Send =>
  (address, login, password) =>
    send(port, 'GET', API_PATH, {
      'x-forwarded-for': address,
      authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
    })

const toLogIn =
  (port: number, cookie = ''): Send =>
  (address, log, pwd) =>
    send(
      port,
      'POST',
      '/wp-login.php',
      { 'x-forwarded-for': address, cookie, 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({ log, pwd }).toString(),
    )

const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`

/** In the process of its own: guesses at a steady rate until it is told to stop, then says what was answered. */
async function attack(port: number, where: string, addresses: number): Promise<void> {
  const guess = (where === 'api' ? toApi : toLogIn)(port)
  const statuses: Record<string, number> = {}
  const began = performance.now()
  let sent = 0
  let underWay = 0
  let isOver = false
  process.once('message', () => {
    isOver = true
  })
  while (!isOver) {
    const due = Math.floor(((performance.now() - began) / 1000) * GUESSES_A_SECOND)
    for (; sent < due; sent++) {
      // What a real attacker's machines would not wait for either.
      if (underWay > 2000) continue
      underWay++
      guess(addressOf(sent % addresses), 'admin', `guess ${sent}`).then(
        ({ status }) => {
          statuses[status] = (statuses[status] ?? 0) + 1
          underWay--
        },
        () => underWay--,
      )
    }
    await setTimeout(5)
  }
  process.send?.({ seconds: (performance.now() - began) / 1000, statuses })
  process.disconnect?.()
  agent.destroy()
}

const sorted = (times: number[]) => times.toSorted((a, b) => a - b)
const quantile = (times: number[], q: number) => sorted(times)[Math.floor((times.length - 1) * q)] ?? Number.NaN
const ms = (time: number) => `${time.toFixed(2)} ms`
const row = (...cells: string[]) => console.log(`| ${cells.join(' | ')} |`)

async function startSite() {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-guessing-'))
  const port = await freePort()
  const env = {
    ...process.env,
    PORT: String(port),
    TRUST_PROXY: 'on',
    CONNECT_SECRET: 'a secret for this program only, 32 characters or more',
    ADMIN_PASSWORD: PASSWORD,
    DATABASE_URL: process.env.DATABASE_URL ?? `sqlite:${folder}/site.db`,
  }
  const site = spawn(process.execPath, [fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)), 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(site.stdout, 'data')
  const client = new Client(`http://localhost:${port}`)
  while (!(await client.get('/').catch(() => null))) await setTimeout(100)
  await client.login('admin', PASSWORD)
  const { password } = await client.createPassword()
  return {
    port,
    /** Of a browser where the user has logged in before. */
    known: `koa_wp_connect_known=${client.cookies.get('koa_wp_connect_known')}`,
    password,
    async rss(): Promise<number> {
      const status = await readFile(`/proc/${site.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    },
    async stop(): Promise<void> {
      agent.destroy()
      site.kill()
      await once(site, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}

type Site = Awaited<ReturnType<typeof startSite>>

/** The right password from elsewhere, again and again; the account's own where its user has logged in before. */
async function delays({ port, password, known }: Site, seconds: number) {
  const times = { api: [] as number[], login: [] as number[] }
  const refused: number[] = []
  const until = Date.now() + seconds * 1000
  for (let n = 0; Date.now() < until; n++) {
    const isLogIn = n % 10 === 0
    const from = `192.0.2.${isLogIn ? 1 + (n % 100) : 200}`
    const answer = await (isLogIn
      ? toLogIn(port, known)(from, 'admin', PASSWORD)
      : toApi(port)(from, 'admin', password))
    if (answer.status === (isLogIn ? 302 : 200)) times[isLogIn ? 'login' : 'api'].push(answer.ms)
    else refused.push(answer.status)
    await setTimeout(10)
  }
  return { ...times, refused }
}

async function underAttack(site: Site, where: string | null, seconds: number, addresses = ADDRESSES): Promise<void> {
  const attacker =
    where && fork(fileURLToPath(import.meta.url), ['attack', String(site.port), where, String(addresses)])
  const report = attacker ? once(attacker, 'message') : null
  const memory: number[] = []
  const until = Date.now() + seconds * 1000
  const watch = (async () => {
    for (; Date.now() < until; await setTimeout((seconds * 1000) / 6)) memory.push(Math.round(await site.rss()))
  })()
  const { api, login, refused } = await delays(site, seconds)
  await watch
  if (attacker) attacker.send('stop')
  const [attacked] = (await report) ?? []
  const guesses = attacked
    ? Object.entries(attacked.statuses as Record<string, number>).map(
        ([status, count]) => `${status}: ${Math.round(count / attacked.seconds)}/s`,
      )
    : ['-']
  row(
    where ? `${where}, ${addresses} addresses` : 'none',
    `${ms(quantile(api, 0.5))} / ${ms(quantile(api, 0.95))}`,
    `${ms(quantile(login, 0.5))} / ${ms(quantile(login, 0.95))}`,
    refused.length === 0 ? 'none' : `${refused.length} (${[...new Set(refused)]})`,
    guesses.join(', '),
    memory.join(' '),
  )
}

/** Unknown user against wrong password, in turn, each from an address of its own. */
let from = 1 << 22

async function compare(what: string, guess: Send, tries: number, wait: number): Promise<void> {
  const times: Record<'admin' | 'nobod', number[]> = { admin: [], nobod: [] }
  for (let n = -20; n < tries; n++) {
    for (const login of n % 2 ? (['admin', 'nobod'] as const) : (['nobod', 'admin'] as const)) {
      const { status, ms } = await guess(addressOf(from++), login, 'wrong password')
      if (status !== 401) throw new Error(`${what}: ${status}`)
      if (n >= 0) times[login].push(ms)
      if (wait) await setTimeout(wait)
    }
  }
  const [wrong, unknown] = [quantile(times.admin, 0.5), quantile(times.nobod, 0.5)]
  row(what, String(tries), ms(wrong), ms(unknown), `${((unknown / wrong - 1) * 100).toFixed(2)} %`)
}

async function main(seconds: number, logIns: number, calls: number): Promise<void> {
  const site = await startSite()
  try {
    console.log('## Unknown user against wrong password, medians\n')
    row('where', 'tries of each', 'wrong password', 'unknown user', 'difference')
    row('---', '---', '---', '---', '---')
    for (let round = 0; round < 3; round++) await compare('API', toApi(site.port), calls, 0)
    for (let round = 0; round < 3; round++) await compare('log-in page', toLogIn(site.port), logIns, 0)
    console.log(`\n## The right password from elsewhere, ${seconds} s each\n`)
    row('attack', 'API, median / 95 %', 'log-in, median / 95 %', 'refused', 'answers to the attack', 'MB')
    row('---', '---', '---', '---', '---', '---')
    await underAttack(site, null, seconds)
    await underAttack(site, 'api', seconds)
    await underAttack(site, null, seconds)
    await underAttack(site, 'log-in', seconds, 250)
    await underAttack(site, 'log-in', seconds)
    await underAttack(site, null, seconds)
  } finally {
    await site.stop()
  }
}

const [first, ...rest] = process.argv.slice(2)
if (first === 'attack') await attack(Number(rest[0]), rest[1] ?? 'api', Number(rest[2]))
else await main(Number(first ?? 20), Number(rest[0] ?? 300), Number(rest[1] ?? 2000))
