import test from 'ava'
import fc from 'fast-check'
import { APPLICATION_PASSWORDS, basic, formFields, ME } from '../support/client.ts'
import { costOf, sendRaw } from '../support/hostile.ts'
import { startSite } from '../support/site.ts'

const post = (path: string, type: string, body: Buffer, more = '') =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${more}\r\n`,
    ),
    body,
  ])

test('a body over 16 KB gets 413 on every path that reads one, with or without Content-Length', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const big = `name=${'x'.repeat(17_000)}`
  t.is((await owner.rest('POST', APPLICATION_PASSWORDS, { form: big })).json.code, 'body_too_large')
  t.is((await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: big } })).status, 413)
  for (const path of ['/wp-login.php', '/wp-admin/profile.php', '/wp-admin/authorize-application.php']) {
    t.is((await owner.send('POST', path, { form: big })).status, 413, path)
  }
  const chunk = `${(4096).toString(16)}\r\n${'x'.repeat(4096)}\r\n`
  const chunked = `POST /wp-login.php HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(6)}0\r\n\r\n`
  t.regex(await sendRaw(site, chunked), /^HTTP\/1\.1 413 /)
})

test('JSON that is not UTF-8 is rejected', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { status, json } = await owner.rest('POST', APPLICATION_PASSWORDS, {
    body: Buffer.from('{"name":"é"}', 'latin1') as unknown as string,
    headers: { 'content-type': 'application/json; charset=iso-8859-1' },
  })
  t.deepEqual([status, json.code, json.data.json_error_code], [400, 'rest_invalid_json', 5])
})

test('a truncated or mislabelled body gets a 4xx', async t => {
  const site = await startSite(t)
  const type = 'application/x-www-form-urlencoded'
  const broken = [
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from('log=%ff%fe%00&pwd=%80'),
    Buffer.from('log=%&pwd=%zz'),
    Buffer.from('&&&=='),
  ]
  for (const body of broken) t.regex(await sendRaw(site, post('/wp-login.php', type, body)), /^HTTP\/1\.1 4\d\d /)
  t.regex(
    await sendRaw(site, post('/wp-login.php', `${type}; charset=utf-99`, Buffer.from('log=a&pwd=b'))),
    /^HTTP\/1\.1 4\d\d /,
  )
  t.regex(await sendRaw(site, post('/wp-login.php', 'multipart/form-data', Buffer.from('--x'))), /^HTTP\/1\.1 4\d\d /)
})

test('strange values in any field never cause a 5xx', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const script = await site.client()
  const { password, uuid } = await owner.createPassword()
  const strange = [
    '\0',
    'a\0b',
    '\uD800',
    '\uFFFF',
    '%00',
    '../../etc/passwd',
    "' OR 1=1 --",
    '{{7*7}}',
    '__proto__',
    'constructor',
    'x'.repeat(3000),
    '\r\nSet-Cookie: a=b',
    '-1',
    '1e9',
    'true',
    '[object Object]',
    '🎉'.repeat(100),
  ]
  const statuses = new Map<string, number>()
  const note = (what: string, { status }: { status: number }) => statuses.set(what, status)
  const authorize = formFields(
    (await owner.get('/wp-admin/authorize-application.php?app_name=x')).text,
    'name="app_id"',
  )
  const create = formFields((await owner.get('/wp-admin/profile.php')).text, 'id="do_new_application_password"')
  for (const value of strange) {
    const q = encodeURIComponent(value.toWellFormed())
    note(`basic login ${value}`, await script.get(ME, { headers: basic(value, password) }))
    note(`basic password ${value}`, await script.get(ME, { headers: basic('admin', value) }))
    note(
      `login ${value}`,
      await script.send('POST', '/wp-login.php', { form: { log: value, pwd: value, redirect_to: value } }),
    )
    note(`login page ${value}`, await script.get(`/wp-login.php?redirect_to=${q}&action=${q}&loggedout=${q}`))
    note(`create ${value}`, await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: value, app_id: value } }))
    note(`create name ${value}`, await owner.rest('POST', APPLICATION_PASSWORDS, { form: { name: value } }))
    note(`rename ${value}`, await owner.rest('PUT', `${APPLICATION_PASSWORDS}/${uuid}`, { json: { name: value } }))
    note(
      `query ${value}`,
      await owner.rest('GET', `${APPLICATION_PASSWORDS}?context=${q}&_fields=${q}&_envelope=${q}&_method=${q}`),
    )
    note(`rest_route ${value}`, await script.get(`/?rest_route=${q}`))
    note(`uuid ${value}`, await owner.rest('GET', `${APPLICATION_PASSWORDS}/${q}`))
    note(`user ${value}`, await owner.rest('GET', `/wp-json/wp/v2/users/${q}/application-passwords`))
    note(`nonce ${value}`, await owner.get(`${ME}?_wpnonce=${q}`))
    note(`profile ${value}`, await owner.get(`/wp-admin/profile.php?action=${q}&uuid=${q}&notice=${q}`))
    note(`revoke ${value}`, await owner.get(`/wp-admin/profile.php?action=revoke&uuid=${q}`))
    note(`user-edit ${value}`, await owner.get(`/wp-admin/user-edit.php?user_id=${q}`))
    note(
      `authorize ${value}`,
      await owner.get(`/wp-admin/authorize-application.php?app_name=${q}&app_id=${q}&success_url=${q}&reject_url=${q}`),
    )
    note(
      `approve ${value}`,
      await owner.send('POST', '/wp-admin/authorize-application.php', {
        form: { ...authorize, app_name: value, approve: 'y' },
      }),
    )
    note(
      `approve to ${value}`,
      await owner.send('POST', '/wp-admin/authorize-application.php', {
        form: { ...authorize, app_name: 'x', success_url: value, approve: 'y' },
      }),
    )
    note(
      `form create ${value}`,
      await owner.send('POST', '/wp-admin/profile.php', { form: { ...create, new_application_password_name: value } }),
    )
    note(
      `form action ${value}`,
      await owner.send('POST', '/wp-admin/profile.php', { form: { ...create, action: value, uuid: value } }),
    )
    note(`ajax ${value}`, await owner.get(`/wp-admin/admin-ajax.php?action=${q}`))
    note(`log-out ${value}`, await owner.get(`/wp-login.php?action=logout&_wpnonce=${q}`))
    note(
      `cookie ${value}`,
      await script.get('/wp-admin/profile.php', {
        headers: { cookie: `koa_wp_connect_session=${q}; koa_wp_connect=${q}` },
      }),
    )
  }
  t.deepEqual(
    [...statuses].filter(([, status]) => status >= 500),
    [],
  )
  t.true(statuses.size > 300)
})

test.serial('very long _fields parameters cost no time', async t => {
  const site = await startSite(t)
  const client = await site.client()
  for (const asked of ['a.'.repeat(7000), 'a,'.repeat(7000), '.'.repeat(14_000)]) {
    const get = async () => t.is((await client.get(`/wp-json/?_fields=${asked}`)).status, 200)
    t.true((await costOf(get)) < 50)
  }
})

test('repeated and nested parameters never cause a 5xx', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const nested = 'a[b][c]=1&a[b]=2&a=3&a=4&__proto__[x]=1&constructor[prototype][y]=1'
  for (const name of [
    'context',
    '_fields',
    '_method',
    'rest_route',
    '_wpnonce',
    'action',
    'user_id',
    'uuid',
    'app_name',
    'success_url',
    'redirect_to',
  ]) {
    const query = `${name}=1&${name}=2&${name}[]=3&${name}[x]=4&${nested}`
    for (const path of [
      '/',
      ME,
      APPLICATION_PASSWORDS,
      '/wp-login.php',
      '/wp-admin/profile.php',
      '/wp-admin/user-edit.php',
      '/wp-admin/authorize-application.php',
      '/wp-admin/admin-ajax.php',
    ]) {
      const { status } = await owner.get(`${path}?${query}`)
      t.true(status < 500, `${path} ${name} ${status}`)
    }
    for (const path of [
      APPLICATION_PASSWORDS,
      '/wp-login.php',
      '/wp-admin/profile.php',
      '/wp-admin/authorize-application.php',
    ]) {
      const { status } = await owner.send('POST', path, { form: query })
      t.true(status >= 300 && status < 500, `POST ${path} ${name} ${status}`)
    }
  }
  t.is(({} as { x?: unknown }).x, undefined)
})

test('wrong methods get a 4xx on every page', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const method of ['PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
    for (const path of [
      '/wp-admin/profile.php',
      '/wp-admin/authorize-application.php',
      '/wp-login.php',
      '/wp-admin/admin-ajax.php',
      '/',
    ]) {
      const { status } = await owner.send(method, path)
      t.true(status >= 400 && status <= 501 && status !== 500, `${method} ${path} ${status}`)
    }
  }
})

test('a form from another site, without its token, or with another user’s token is rejected', async t => {
  const site = await startSite(t)
  const [owner, sam] = await Promise.all([site.client('admin'), site.client('sam')])
  const create = formFields((await owner.get('/wp-admin/profile.php')).text, 'id="do_new_application_password"')
  const ofSam = formFields((await sam.get('/wp-admin/profile.php')).text, 'id="do_new_application_password"')
  const authorize = formFields(
    (await owner.get('/wp-admin/authorize-application.php?app_name=x')).text,
    'name="app_id"',
  )
  const send = async (form: Record<string, string>, headers = {}) =>
    (
      await owner.send('POST', '/wp-admin/profile.php', {
        form: { ...form, new_application_password_name: 'x' },
        headers,
      })
    ).status
  t.is(await send(create, { origin: 'https://evil.example' }), 403)
  t.is(await send(create, { 'sec-fetch-site': 'cross-site' }), 403)
  t.is(await send(create, { 'sec-fetch-site': 'same-site' }), 403)
  t.is(await send({ ...create, _wpnonce: '' }), 403)
  t.is(await send({ ...create, _wpnonce: ofSam._wpnonce ?? '' }), 403)
  t.is(await send({ ...create, _wpnonce: authorize._wpnonce ?? '' }), 403)
  const approve = { ...authorize, _wpnonce: create._wpnonce ?? '', approve: 'y' }
  t.is((await owner.send('POST', '/wp-admin/authorize-application.php', { form: approve })).status, 403)
  t.is(
    (
      await owner.send('POST', '/wp-login.php', {
        form: { log: 'sam', pwd: 'x' },
        headers: { origin: 'https://evil.example' },
      })
    ).status,
    403,
  )
  t.is(await send(create, { origin: 'null' }), 200)
  t.is(await send({ ...create, once: 'another form' }, { origin: site.url }), 200)
  t.is((await owner.rest('GET', APPLICATION_PASSWORDS)).json.length, 2)
})

test('property: no path and query cause a 5xx', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const segment = fc.constantFrom(
    'wp-json',
    'wp',
    'v2',
    'users',
    'me',
    '1',
    'application-passwords',
    'introspect',
    'wp-admin',
    'profile.php',
    '..',
    '%2e%2e',
    '%00',
    '%ff',
    '',
    '.',
    ';',
    'wp-login.php',
    '?',
    '?rest_route=/wp/v2/users/me',
    '&_method=DELETE',
    '#',
    '*',
    '%',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 9 }),
      fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD', 'DELETE'),
      async (segments, method) => {
        const { status } = await owner.send(method, `${site.url}/${segments.join('/')}`)
        return status < 500 || status === 501
      },
    ),
    { numRuns: 300 },
  )
  t.pass()
})

// Serial: what other tests cost would count here.
test.serial('no request under 16 KB blocks the server for long', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (let i = 0; i < 60; i++) await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, `app ${i}`)
  const nonce = await owner.nonce()
  const headers = { 'x-wp-nonce': nonce }
  const many = Array.from({ length: 2500 }, (_, i) => `a${i}`)
  const costs: [what: string, () => Promise<unknown>][] = [
    ['slashes', () => owner.get(`${site.url}/wp-json${'/'.repeat(15_000)}x`)],
    ['rest_route', () => owner.get(`/?rest_route=/${'a/'.repeat(5000)}!`)],
    ['_fields', () => owner.get(`${APPLICATION_PASSWORDS}?_fields=${many.join(',')}`, { headers })],
    ['name', () => owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: '<script>'.repeat(1800) } })],
    ['login', () => owner.get(ME, { headers: basic('a\u0300'.repeat(2500), 'x') })],
    ['success_url', () => owner.get(`/wp-admin/authorize-application.php?success_url=https://a/${'/@'.repeat(3500)}`)],
  ]
  for (const [what, request] of costs) {
    const cost = await costOf(request, 5)
    t.true(cost < 50, `${what}: ${cost} ms of CPU a request`)
  }
})

test('a method override that is a list or an object is ignored', async t => {
  const site = await startSite(t)
  const client = await site.client()
  for (const query of ['_method[toString]=x', '_method[]=DELETE', '_method[a][b]=x', '_method[valueOf]=x']) {
    for (const path of [`${ME}?${query}`, `/?rest_route=/wp/v2/users/me&${query}`, `/wp-json/?${query}`]) {
      t.true((await client.get(path)).status < 500, path)
    }
  }
})
