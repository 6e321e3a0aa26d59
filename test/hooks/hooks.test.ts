import test from 'ava'
import { createHooks, type ErrorEvent } from '../../src/hooks/hooks.ts'
import type { Events } from '../../src/index.ts'
import { APPLICATION_PASSWORDS, basic, ME } from '../support/client.ts'
import { startSite } from '../support/site.ts'

const NAMES = [
  'application-password-created',
  'application-password-updated',
  'application-password-revoked',
  'application-password-used',
  'application-password-refused',
] as const satisfies (keyof Events)[]

test('each event says what happened, and contains no secret', async t => {
  const site = await startSite(t)
  const heard: [name: string, event: unknown][] = []
  for (const name of NAMES) site.connect.on(name, event => void heard.push([name, event]))
  const owner = await site.client('admin')
  const script = await site.client()
  const { uuid, password } = await owner.createPassword('One')
  await script.get(ME, { headers: basic('admin', password) })
  await script.get(ME, { headers: basic('admin', 'nope nope') })
  await owner.rest('PUT', `${APPLICATION_PASSWORDS}/${uuid}`, { json: { name: 'Two' } })
  await owner.createPassword('Three')
  await owner.rest('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`)
  await owner.rest('DELETE', APPLICATION_PASSWORDS)
  t.deepEqual(
    heard.map(([name]) => name.replace('application-password-', '')),
    ['created', 'used', 'refused', 'updated', 'created', 'revoked', 'revoked'],
  )
  const told = JSON.stringify(heard)
  for (const secret of [password, password.replaceAll(' ', ''), 'nope nope', 'nopenope', '$generic$'])
    t.false(told.includes(secret))
  t.like(heard[2]?.[1], { login: 'admin', ip: '127.0.0.1', code: 'incorrect_password' })
})

test('a listener that throws fails no request, and is reported', async t => {
  const site = await startSite(t)
  const errors: unknown[] = []
  site.connect.on('error', ({ error }) => void errors.push(error))
  site.connect.on('application-password-created', () => {
    throw new Error('sync')
  })
  site.connect.on('application-password-created', async () => {
    throw new Error('async')
  })
  await (await site.client('admin')).createPassword()
  await new Promise(resolve => setImmediate(resolve))
  t.deepEqual(
    errors.map(error => (error as Error).message),
    ['sync', 'async'],
  )
})

test('a listener can be removed', async t => {
  const site = await startSite(t)
  let heard = 0
  const off = site.connect.on('application-password-created', () => void heard++)
  const owner = await site.client('admin')
  await owner.createPassword()
  off()
  await owner.createPassword()
  t.is(heard, 1)
})

test('filter: the site offers no application passwords', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { password } = await owner.createPassword()
  const off = site.connect.filter('application-passwords-available', () => false)
  t.false('application-passwords' in (await owner.get('/wp-json/')).json.authentication)
  t.is(
    (await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'x' } })).json.code,
    'application_passwords_disabled',
  )
  t.is((await (await site.client()).get(ME, { headers: basic('admin', password) })).json.code, 'rest_not_logged_in')
  t.is((await owner.get('/wp-admin/authorize-application.php')).status, 501)
  await t.throwsAsync(site.connect.verifyCredentials('admin', password, null), {
    code: 'application_passwords_disabled',
  })
  off()
  t.is((await (await site.client()).get(ME, { headers: basic('admin', password) })).status, 200)
})

test('filter: one user has no application passwords', async t => {
  const site = await startSite(t)
  const [owner, sam] = await Promise.all([site.client('admin'), site.client('sam')])
  const ofSam = await sam.createPassword()
  site.connect.filter(
    'application-passwords-available-for-user',
    (available, { user }) => available && user.login !== 'sam',
  )
  const refused = await sam.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'x' } })
  t.deepEqual([refused.status, refused.json.code], [501, 'application_passwords_disabled_for_user'])
  t.is((await (await site.client()).get(ME, { headers: basic('sam', ofSam.password) })).status, 401)
  t.is((await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'x' } })).status, 201)
})

test('filter: a match can be vetoed by address or by password', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { password } = await owner.createPassword('office only')
  site.connect.filter('application-password-match', (matches, { applicationPassword, ip }) => {
    t.is(applicationPassword.name, 'office only')
    return matches && ip !== '127.0.0.1'
  })
  const { status, json } = await (await site.client()).get(ME, { headers: basic('admin', password) })
  t.deepEqual([status, json.code], [401, 'incorrect_password'])
  t.is((await owner.rest('GET', APPLICATION_PASSWORDS)).json[0].last_used, null)
})

test('filters run in order, each with the decision of the one before', async t => {
  const site = await startSite(t)
  site.connect.filter('application-passwords-available', () => false)
  site.connect.filter('application-passwords-available', available => !available)
  t.truthy((await (await site.client()).get('/wp-json/')).json.authentication['application-passwords'])
})

test('whatever a listener throws, even for the error event, the process keeps running', async t => {
  const site = await startSite(t)
  const warnings: unknown[] = []
  const listen = (warning: unknown) => warnings.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  site.connect.on('error', async () => {
    throw { code: 'E_SMTP' }
  })
  site.connect.on('application-password-created', () => {
    throw 'text'
  })
  await (await site.client('admin')).createPassword()
  await new Promise(resolve => setTimeout(resolve, 20))
  t.is(warnings.length, 1)
})

test('close() waits for running listeners, and for listeners that are told of their failure', async t => {
  const { connect } = await startSite(t)
  const heard: string[] = []
  const turn = () => new Promise(resolve => setImmediate(resolve))
  connect.on('application-password-created', async () => {
    await turn()
    throw new Error('no mail server')
  })
  connect.on('error', async ({ error }) => {
    await turn()
    heard.push((error as Error).message)
  })
  const sam = await connect.users.findByLogin('sam')
  if (!sam) throw new Error('no sam')
  await connect.applicationPasswords.create(sam, 'Zapier')
  await connect.close()
  t.deepEqual(heard, ['no mail server'])
})

test('close() does not wait forever for a listener that never ends', async t => {
  const hooks = createHooks<ErrorEvent, object>(['error'], [])
  hooks.on('error', () => new Promise(() => {}))
  hooks.report('a failure')
  await t.notThrowsAsync(hooks.settled(1))
})

test('a misspelt event or filter is rejected at once, with the names that exist', async t => {
  const { connect } = await startSite(t)
  const on = connect.on as unknown as (name: string, listener: unknown) => void
  const filter = connect.filter as unknown as (name: string, filter: unknown) => void
  const refused = { name: 'OptionsError', code: 'invalid_options' }
  t.throws(() => on('application-password-create', () => {}), {
    ...refused,
    message:
      /^connect\.on: unknown event 'application-password-create'; expected one of application-password-created, /,
  })
  t.throws(() => filter('nope', () => true), {
    ...refused,
    message: /unknown filter 'nope'; .*password-match, content-rendered$/,
  })
  t.throws(() => on('toString', () => {}), refused)
  t.throws(() => on('error', 'log it'), { ...refused, message: 'connect.on: error: expected a function' })
})
