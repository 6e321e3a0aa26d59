import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { APPLICATION_PASSWORDS, basic, Client, formFields } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { exampleFolder } from '../support/example.ts'
import { block, read } from '../support/markdown.ts'
import { startNginx } from '../support/nginx.ts'
import { bearer, CALLBACK, connectApp } from '../support/oauth.ts'
import { freePort, SHOWN_PASSWORD, serve, shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'
import { testOnPostgres } from '../support/tools.ts'

const FOLDER = 'examples/processes'
const README = `${FOLDER}/README.md`
const WHOAMI = '/api/whoami'
const COUNT = 2

/** The example as its README starts it, behind nginx with its nginx.conf. */
async function startExample(t: ExecutionContext) {
  t.timeout(300_000)
  const [port, proxyPort] = [await freePort(), await freePort()]
  const url = `https://localhost:${proxyPort}`
  const files = ['package.json', 'start.ts', 'processes.ts', 'site.ts'].map(name => [name, read(`${FOLDER}/${name}`)])
  const folder = await exampleFolder(t, Object.fromEntries(files))
  const env = {
    DATABASE_URL: await freshDatabase(t),
    SITE_URL: url,
    CONNECT_SECRET: SECRET,
    PORT: String(port),
    WEB_CONCURRENCY: String(COUNT),
  }
  const [, , createUser = ''] = block(README, 'sh', 'export DATABASE_URL').trim().split('\n')
  const made = await shell(createUser, { env })
  const [, logIn = ''] = /^Password: (\S+)$/m.exec(made.output) ?? []
  t.truthy(logIn, made.output)
  const command = block(README, 'sh', 'npm start').replace(FOLDER, folder)
  const { output } = await serve(t, command, `http://127.0.0.1:${port}`, { env })

  await startNginx(t, read(`${FOLDER}/nginx.conf`).replaceAll(':3000', `:${port}`), proxyPort)

  const browser = new Client(url)
  await browser.login('admin', logIn)
  return { url, env, folder, output, browser, script: new Client(url) }
}

/** How often each process, or each refusal, answered. */
async function answersTo(script: Client, headers: Record<string, string>, count = 60): Promise<Map<unknown, number>> {
  const answers = await Promise.all(Array.from({ length: count }, () => script.get(WHOAMI, { headers })))
  const counts = new Map<unknown, number>()
  for (const { json } of answers) {
    const by = json.process ?? json.code
    counts.set(by, (counts.get(by) ?? 0) + 1)
  }
  return counts
}

/** Asks until each process has answered, because which of them answers is the system's choice. */
async function answersOfAll(script: Client, headers: Record<string, string>): Promise<Map<unknown, number>> {
  const all = new Map<unknown, number>()
  for (let round = 0; round < 100 && all.size < COUNT; round++) {
    for (const [by, count] of await answersTo(script, headers)) all.set(by, (all.get(by) ?? 0) + count)
  }
  return all
}

/** Asks on and on. @returns what stops it: answers what was not answered well */
function askOnAndOn(ask: () => Promise<{ status: number }>, well: number) {
  const wrong: unknown[] = []
  let count = 0
  let isOver = false
  const asking = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      try {
        const { status } = await ask()
        if (status !== well) wrong.push(status)
      } catch (error) {
        wrong.push((error as Error).cause ?? error)
      }
      count++
    }
  })
  return async () => {
    isOver = true
    await Promise.all(asking)
    return { count, wrong }
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return
    await wait(100)
  }
  throw new Error('it did not come about')
}

testOnPostgres(
  'nginx',
  'openssl',
  'curl',
)('requests meet each process, and each knows of what another did', async t => {
  const { url, env, browser, script } = await startExample(t)
  const { uuid, password } = await browser.createPassword()
  const curl = block(README, 'sh', 'curl').replace(SHOWN_PASSWORD, password).replace('https://example.com', url)
  const { output } = await shell(curl.replace('curl', 'curl -sk'))
  t.is(JSON.parse(output).login, 'admin')

  const byPassword = await answersOfAll(script, basic('admin', password))
  t.log('answers of each process:', ...byPassword.values())
  t.is(byPassword.size, COUNT)
  t.true([...byPassword.keys()].every(by => typeof by === 'number'))
  t.is((await browser.rest('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`)).status, 200)
  t.deepEqual(await answersTo(script, basic('admin', password)), new Map([['incorrect_password', 60]]))

  const guesses: number[] = []
  for (let i = 0; i < 12; i++) {
    const { status } = await new Client(url).send('POST', '/wp-login.php', { form: { log: 'nobody', pwd: 'wrong' } })
    guesses.push(status)
  }
  t.deepEqual(guesses, [...Array(10).fill(401), 429, 429], 'they count failed logins together')

  const create = `npm run --silent cli -- client create --name=Shop --redirect-uri=${CALLBACK} --format=json`
  const registered = JSON.parse((await shell(create, { env })).output)
  const app = { id: registered.client_id, secret: registered.client_secret, redirectUri: CALLBACK }
  const { access_token } = await connectApp({ url }, browser, app)
  t.deepEqual([...(await answersOfAll(script, bearer(access_token))).keys()].sort(), [...byPassword.keys()].sort())
  const [connected] = (await browser.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications
  const disconnect = `/me/security/connected-apps/${connected.ID}/disconnect`
  const form = formFields((await browser.get(disconnect)).text, 'name="_wpnonce"')
  t.is((await browser.send('POST', disconnect, { form })).status, 303)
  t.deepEqual(await answersTo(script, bearer(access_token)), new Map([['invalid_token', 60]]))
})

testOnPostgres('nginx', 'openssl')(
  'a process that is killed: others answer what it had, and one takes its place',
  async t => {
    const { output, browser, script } = await startExample(t)
    const { password } = await browser.createPassword()
    const headers = basic('admin', password)
    for (let round = 0; round < 2; round++) {
      const stop = askOnAndOn(() => script.get(WHOAMI, { headers }), 200)
      const before = [...(await answersTo(script, headers)).keys()]
      process.kill(Number(before[0]), 'SIGKILL')
      await until(() => output().split('takes its place').length > round + 1)
      await until(() => (output().match(/Process \d+ serves/g)?.length ?? 0) === COUNT + round + 1)
      const { count, wrong } = await stop()
      t.deepEqual(wrong, [], `of ${count}`)
      t.true(count > 20)
      t.false((await answersTo(script, headers)).has(before[0]))
    }
  },
)

testOnPostgres('nginx', 'openssl')('restarted one by one, they drop no request, not even one that writes', async t => {
  const { folder, output, browser, script } = await startExample(t)
  const { password } = await browser.createPassword()
  const headers = basic('admin', password)
  const nonce = await browser.nonce()
  const reading = askOnAndOn(() => script.get(WHOAMI, { headers }), 200)
  const writing = askOnAndOn(
    () => browser.send('POST', APPLICATION_PASSWORDS, { headers: { 'x-wp-nonce': nonce }, json: { name: 'x' } }),
    201,
  )
  const before = await answersTo(script, headers)
  const [, first] = /kill -HUP (\d+)/.exec(output()) ?? []
  for (let round = 0; round < 2; round++) {
    process.kill(Number(first), 'SIGHUP')
    await until(() => output().split('Restarted.').length > round + 1)
  }
  await writeFile(join(folder, 'site.ts'), 'throw new Error("a version that does not start")')
  process.kill(Number(first), 'SIGHUP')
  await until(() => output().includes('the old ones go on'))
  const [reads, writes] = [await reading(), await writing()]
  t.log(`${reads.count} read, ${writes.count} written meanwhile`)
  t.deepEqual([reads.wrong, writes.wrong], [[], []])
  t.is((await browser.rest('GET', APPLICATION_PASSWORDS)).json.length, writes.count + 1)
  const after = await answersTo(script, headers)
  t.is(after.size, COUNT)
  t.true([...after.keys()].every(by => !before.has(by)))

  for (let twice = 0; twice < 2; twice++) process.kill(Number(first), 'SIGTERM')
  await until(() => !isThere(Number(first)))
  for (const by of after.keys()) t.false(isThere(Number(by)))
})

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
