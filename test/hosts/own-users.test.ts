import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { revokeByScript } from '../support/browser.ts'
import { basic, Client, formFields } from '../support/client.ts'
import { type Installed, installExample } from '../support/installed.ts'
import { logInAsAnna, makePassword, oauthJourney, passwordJourney } from '../support/journey.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** What the site's own CSRF check and headers leave to us, and we to them. */
async function bothKeepTheirOwn(t: ExecutionContext, browser: Client): Promise<void> {
  const password = await makePassword(t, { browser }, 'Notes')
  const script = new Client(browser.url)
  const noted = await script.send('POST', '/api/notes', { headers: basic('anna', password), json: { text: 'x' } })
  t.is(noted.json.noted, 'x')
  t.regex(noted.json.by, UUID)
  const forged = await browser.send('POST', '/logout', { form: {} })
  t.is(forged.status, 403, 'the site’s own check is still there')
  const ours = await browser.get('/wp-admin/profile.php')
  t.regex(ours.headers.get('content-security-policy') ?? '', /^default-src 'none';.*frame-ancestors 'none'$/)
  t.truthy(ours.headers.get('strict-transport-security'), 'what else the site sets stays')
  const theirs = await browser.get('/logout')
  t.regex(theirs.headers.get('content-security-policy') ?? '', /^default-src 'self'/)
  const out = await browser.send('POST', '/logout', { form: formFields(theirs.text, '_csrf') })
  t.is(out.headers.get('location'), '/login')
  t.regex((await browser.get('/wp-admin/profile.php')).headers.get('location') ?? '', /^\/login\?next=/)
}

async function wholeJourney(t: ExecutionContext, url: string): Promise<void> {
  const browser = await logInAsAnna(t, url, 'username')
  await passwordJourney(t, { browser, login: 'anna' })
  await oauthJourney(t, { browser, login: 'anna' })
  await bothKeepTheirOwn(t, browser)
  await revokeByScript(t, url, { username: 'anna', password: 'correct horse battery staple' }, 'By script')
}

const versionOf = async ({ folder }: Installed, path: string) =>
  JSON.parse(await readFile(join(folder, 'node_modules', path, 'package.json'), 'utf8')).version

test('the site’s own users, sessions and login, on Koa 3', async t => {
  const app = await installExample(t, 'own-users')
  t.regex(await versionOf(app, 'koa'), /^3\./)
  const first = await app.start()
  await wholeJourney(t, first.url)
  await first.stop()

  // The body parser after us, where ours reads its forms itself.
  await app.change('app.use(bodyParser())\n', '')
  await app.change('app.use(connect.middleware())\n', 'app.use(connect.middleware())\napp.use(bodyParser())\n')
  const second = await app.start()
  await wholeJourney(t, second.url)
  await second.stop()

  // A session that ends in the very request: koa-session's is null then.
  const ending = 'app.use((ctx, next) => {\n  if (ctx.query.end) ctx.session = null\n  return next()\n})\n'
  await app.change('app.use(connect.middleware())\n', `${ending}app.use(connect.middleware())\n`)
  const third = await app.start()
  const browser = await logInAsAnna(t, third.url, 'username')
  t.is((await browser.get('/wp-admin/profile.php')).status, 200)
  const ended = await browser.get('/wp-admin/profile.php?end=1')
  t.deepEqual([ended.status, ended.headers.get('location')?.startsWith('/login?next=')], [302, true])
  t.is((await browser.get('/wp-admin/profile.php')).status, 302)
})

test('on Koa 2.16, with a separate Koa 3 in the package’s node_modules', async t => {
  const app = await installExample(t, 'own-users', { koa: '~2.16.0', 'koa-3': 'npm:koa@^3.3.0' })
  await rename(join(app.folder, 'node_modules/koa-3'), join(app.folder, 'node_modules/koa-wp-connect/node_modules/koa'))
  t.regex(await versionOf(app, 'koa'), /^2\.16\./)
  t.regex(await versionOf(app, 'koa-wp-connect/node_modules/koa'), /^3\./)
  await wholeJourney(t, (await app.start()).url)
})
