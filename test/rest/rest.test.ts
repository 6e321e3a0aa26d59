import test from 'ava'
import { APPLICATION_PASSWORDS, basic, ME } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('the index tells clients where to authorize, and which routes exist', async t => {
  const site = await startSite(t)
  const anybody = await site.client()
  for (const path of ['/wp-json/', '/wp-json', '/?rest_route=/', '/index.php?rest_route=/']) {
    const { status, headers, json } = await anybody.get(path)
    t.is(status, 200, path)
    t.is(headers.get('content-type'), 'application/json; charset=UTF-8')
    t.deepEqual(json.authentication, {
      'application-passwords': { endpoints: { authorization: `${site.url}/wp-admin/authorize-application.php` } },
      oauth2: {
        authorize: `${site.url}/oauth2/authorize`,
        token: `${site.url}/oauth2/token`,
        endpoints: { authorization: `${site.url}/oauth2/authorize`, token: `${site.url}/oauth2/token` },
      },
    })
    t.is(json.name, 'Test Site')
    t.is(json.url, site.url)
    t.deepEqual(json.namespaces, ['wp/v2'])
    const create = json.routes['/wp/v2/users/(?P<user_id>(?:[\\w-]+|me))/application-passwords'].endpoints[1]
    t.deepEqual(create.methods, ['POST'])
    t.true(create.args.name.required)
  }
  const namespace = await anybody.get('/wp-json/wp/v2')
  t.is(namespace.json.namespace, 'wp/v2')
})

test('users/me in each context', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('ed')).createPassword()
  const script = await site.client()
  const headers = basic('ed', password)
  const keys = async (context: string) =>
    Object.keys((await script.get(`${ME}?context=${context}`, { headers })).json).sort()
  t.deepEqual(await keys('view'), ['_links', 'avatar_urls', 'description', 'id', 'link', 'meta', 'name', 'slug', 'url'])
  t.deepEqual(await keys('embed'), ['_links', 'avatar_urls', 'description', 'id', 'link', 'name', 'slug', 'url'])
  const { json } = await script.get(`${ME}?context=edit`, { headers })
  t.is(json.username, 'ed')
  t.is(json.email, 'ed@example.com')
  t.deepEqual(json.roles, ['editor'])
  t.true(json.capabilities.edit_others_posts)
  t.is(json.capabilities.manage_options, undefined)
  t.regex(json.registered_date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  t.is((await script.get(`${ME}?context=nope`, { headers })).json.data.details.context.code, 'rest_not_in_enum')
})

test('create, read, rename, revoke and revoke all through REST', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const appId = '00000000-0000-5000-8000-000000000001'
  const created = await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'One', app_id: appId } })
  t.is(created.status, 201)
  const url = created.headers.get('location') ?? ''
  t.is(url, `${site.url}/wp-json/wp/v2/users/1/application-passwords/${created.json.uuid}`)

  const { password: _password, ...without } = created.json
  t.deepEqual((await owner.rest('GET', url)).json, without)
  const renamed = await owner.rest('PATCH', url, { json: { name: 'Two', app_id: '' } })
  t.deepEqual(renamed.json, { ...without, name: 'Two' })
  t.deepEqual((await owner.rest('PUT', url, { json: {} })).json.name, 'Two')
  t.deepEqual((await owner.rest('PUT', url, { json: { name: 'Two' } })).status, 200)

  const deleted = await owner.rest('DELETE', url)
  const { _links, ...previous } = without
  t.deepEqual(deleted.json, { deleted: true, previous: { ...previous, name: 'Two' } })
  t.is((await owner.rest('GET', url)).json.code, 'rest_application_password_not_found')

  for (const name of ['a', 'b', 'c']) await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name } })
  t.deepEqual(
    (await owner.rest('GET', APPLICATION_PASSWORDS)).json.map((item: { name: string }) => item.name),
    ['a', 'b', 'c'],
  )
  t.deepEqual((await owner.rest('DELETE', APPLICATION_PASSWORDS)).json, { deleted: true, count: 3 })
  t.deepEqual((await owner.rest('DELETE', APPLICATION_PASSWORDS)).json, { deleted: true, count: 0 })
})

test('other fields than the name are ignored', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const sent = {
    name: 'x',
    uuid: 'mine',
    password: 'mine',
    created: 1,
    user_id: 2,
    id: 9,
    __proto__: { name: 'y' },
    hash: 'z',
  }
  const { status, json } = await owner.rest('POST', APPLICATION_PASSWORDS, { json: sent })
  t.is(status, 201)
  t.not(json.uuid, 'mine')
  t.regex(json._links.self[0].href, /users\/1\//)
})

test('every bad argument is reported with its code and its name', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const create = async (json: unknown) => {
    const answer = await owner.rest('POST', APPLICATION_PASSWORDS, { json })
    const { code, data } = answer.json
    return [
      answer.status,
      code,
      data.params,
      data.details && Object.values(data.details as Record<string, { code: string }>)[0]?.code,
    ]
  }
  const invalid = async (json: unknown) => (await create(json))[3]
  t.deepEqual(await create({}), [400, 'rest_missing_callback_param', ['name'], undefined])
  t.deepEqual(await create({ name: null }), [400, 'rest_missing_callback_param', ['name'], undefined])
  t.deepEqual(await create([]), [400, 'rest_missing_callback_param', ['name'], undefined])
  t.deepEqual(await create('x'), [400, 'rest_missing_callback_param', ['name'], undefined])
  t.is(await invalid({ name: '' }), 'rest_too_short')
  t.is(await invalid({ name: '   ' }), 'rest_invalid_pattern')
  t.is(await invalid({ name: 123 }), 'rest_invalid_type')
  t.is(await invalid({ name: ['x'] }), 'rest_invalid_type')
  t.is(await invalid({ name: { x: 1 } }), 'rest_invalid_type')
  t.is(await invalid({ name: 'x'.repeat(201) }), 'rest_too_long')
  for (const app_id of ['nope', null, 5, '00000000-0000-5000-8000-00000000000A', ' ']) {
    t.is(await invalid({ name: 'x', app_id }), 'rest_no_matching_schema')
  }
  t.is((await create({ name: '0' }))[1], 'application_password_empty_name')
  t.is((await create({ name: '<i></i>' }))[1], 'application_password_empty_name')
  t.is((await create({ name: '<script>x</script>' }))[1], 'application_password_empty_name')

  const malformed = await owner.rest('POST', APPLICATION_PASSWORDS, {
    body: '{"name":',
    headers: { 'content-type': 'application/json' },
  })
  t.is(malformed.status, 400)
  t.is(malformed.json.code, 'rest_invalid_json')
  t.is(malformed.json.data.json_error_code, 4)
  const context = await owner.rest('GET', `${APPLICATION_PASSWORDS}?context=x`)
  t.is(context.json.data.params.context, 'context is not one of view, embed, and edit.')
})

test('parameters as JSON, form or query string; the last of repeated fields counts', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const names: string[] = []
  const create = async (path: string, request = {}) => names.push((await owner.rest('POST', path, request)).json.name)
  await create(APPLICATION_PASSWORDS, { json: { name: 'json' } })
  await create(APPLICATION_PASSWORDS, { form: { name: 'form' } })
  await create(`${APPLICATION_PASSWORDS}?name=query`)
  await create(APPLICATION_PASSWORDS, { form: 'name=first&name=last' })
  await create(`${APPLICATION_PASSWORDS}?name=query`, { json: { name: 'body wins' } })
  await create(APPLICATION_PASSWORDS, { form: 'name[]=nested&name=plain&__proto__=x' })
  await create(APPLICATION_PASSWORDS, {
    body: '{"name":"vendor"}',
    headers: { 'content-type': 'application/vnd.x+json' },
  })
  await create(APPLICATION_PASSWORDS, {
    body: '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nmultipart\r\n--x--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  })
  await create(`${APPLICATION_PASSWORDS}?name=query+wins`, { form: 'other=x' })
  await create(`${APPLICATION_PASSWORDS}?name=only+query`, {
    body: '[]',
    headers: { 'content-type': 'application/json' },
  })
  t.deepEqual(names, [
    'json',
    'form',
    'query',
    'last',
    'body wins',
    'plain',
    'vendor',
    'multipart',
    'query wins',
    'only query',
  ])
  const nested = await owner.rest('POST', APPLICATION_PASSWORDS, { form: 'name[]=x' })
  t.is(nested.json.data.details.name.code, 'rest_invalid_type', 'a list is no text')
  const cut = await owner.rest('POST', APPLICATION_PASSWORDS, {
    body: '--x\r\nContent-Disp',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  })
  t.deepEqual([cut.status, cut.json.code], [400, 'incomplete_body'])
})

test('_method and X-HTTP-Method-Override replace the method', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { uuid } = await owner.createPassword('Before')
  const url = `${APPLICATION_PASSWORDS}/${uuid}`
  const put = await owner.rest('POST', url, { json: { name: 'After' }, headers: { 'x-http-method-override': 'PUT' } })
  t.is(put.json.name, 'After')
  t.true((await owner.rest('POST', `${url}?_method=DELETE`)).json.deleted)
  t.is(
    (await owner.rest('POST', APPLICATION_PASSWORDS, { headers: { 'x-http-method-override': 'NONSENSE' } })).status,
    400,
  )
})

test('_fields and _envelope', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  await owner.createPassword('One')
  const [item] = (await owner.rest('GET', `${APPLICATION_PASSWORDS}?_fields=name,_links.self.href`)).json
  t.deepEqual(Object.keys(item).sort(), ['_links', 'name'])
  for (const query of ['_fields[]=name&_fields[]=uuid', '_fields=name+uuid', '_fields=+name+,uuid,']) {
    const [picked] = (await owner.rest('GET', `${APPLICATION_PASSWORDS}?${query}`)).json
    t.deepEqual(Object.keys(picked).sort(), ['name', 'uuid'], query)
  }
  const made = await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'Two', _fields: ['name', 'app_id'] } })
  t.deepEqual(made.json, { name: 'Two', app_id: '' })
  await owner.rest('DELETE', made.headers.get('location') ?? '')
  const envelope = await owner.rest('GET', `${APPLICATION_PASSWORDS}?_envelope&_fields=name`)
  t.is(envelope.status, 200)
  t.is(envelope.json.status, 200)
  t.deepEqual(envelope.json.body, [{ name: 'One' }])
  const refused = await (await site.client()).get(`${ME}?_envelope=1`)
  t.is(refused.status, 200)
  t.is(refused.json.status, 401)
  t.is(refused.json.body.code, 'rest_not_logged_in')
})

test('OPTIONS describes the route with its schema; Allow lists what this caller may do', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { status, json, headers } = await owner.rest('OPTIONS', APPLICATION_PASSWORDS)
  t.is(status, 200)
  t.is(json.namespace, 'wp/v2')
  t.deepEqual(json.methods, ['GET', 'POST', 'DELETE'])
  t.is(json.schema.title, 'application-password')
  t.is(headers.get('allow'), 'GET, POST, DELETE')
  const { uuid } = await owner.createPassword()
  const one = await owner.rest('GET', `${APPLICATION_PASSWORDS}/${uuid}`)
  t.is(one.headers.get('allow'), 'GET, POST, PUT, PATCH, DELETE')
  t.is((await (await site.client()).send('OPTIONS', APPLICATION_PASSWORDS)).headers.get('allow'), null)
})

test('_method=HEAD is handled as GET, so that the response has the body that it announces', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const { text } = await client.get('/wp-json/wp/v2/users/me')
  t.is((await client.get('/wp-json/wp/v2/users/me?_method=HEAD')).text, text)
  t.is((await client.send('POST', '/wp-json/', { headers: { 'x-http-method-override': 'head' } })).status, 200)
  t.is((await client.get('/wp-json/hosts/v1/none?_method=HEAD')).json.code, 'rest_no_route')
  t.is((await client.send('HEAD', '/wp-json/?_method=HEAD')).text, '')
})

test('HEAD is GET without a body', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const head = await (await site.client()).send('HEAD', ME, { headers: basic('admin', password) })
  t.is(head.status, 200)
  t.is(head.text, '')
  t.true(Number(head.headers.get('content-length')) > 100)
})

test('headers: CORS, discovery, caching', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { headers } = await owner.rest('GET', ME, { headers: { origin: 'https://app.example' } })
  t.is(headers.get('access-control-allow-origin'), 'https://app.example')
  t.is(headers.get('access-control-allow-credentials'), 'true')
  t.regex(headers.get('vary') ?? '', /Origin/)
  t.is(headers.get('link'), `<${site.url}/wp-json/>; rel="https://api.w.org/"`)
  t.regex(headers.get('cache-control') ?? '', /no-store, private/)
  t.is(headers.get('x-content-type-options'), 'nosniff')
  t.is(headers.get('x-robots-tag'), 'noindex')
  t.regex(headers.get('x-wp-nonce') ?? '', /^[\w-]{22}$/)
  const anonymous = await (await site.client()).get('/wp-json/')
  t.is(anonymous.headers.get('access-control-allow-origin'), null)
  t.is(anonymous.headers.get('x-wp-nonce'), null)
})

test('permissions: 401 without credentials, 403 for another user, an administrator may do everything', async t => {
  const site = await startSite(t)
  const [admin, sam, nobody] = await Promise.all([site.client('admin'), site.client('sam'), site.client()])
  const { uuid } = await admin.createPassword()
  const collection = '/wp-json/wp/v2/users/1/application-passwords'
  const operations: [method: string, path: string, code: string][] = [
    ['GET', collection, 'rest_cannot_list_application_passwords'],
    ['POST', collection, 'rest_cannot_create_application_passwords'],
    ['DELETE', collection, 'rest_cannot_delete_application_passwords'],
    ['GET', `${collection}/${uuid}`, 'rest_cannot_read_application_password'],
    ['PUT', `${collection}/${uuid}`, 'rest_cannot_edit_application_password'],
    ['DELETE', `${collection}/${uuid}`, 'rest_cannot_delete_application_password'],
  ]
  for (const [method, path, code] of operations) {
    const request = method === 'POST' || method === 'PUT' ? { json: { name: 'x' } } : {}
    const byNobody = await nobody.send(method, path, request)
    t.deepEqual([byNobody.status, byNobody.json.code, byNobody.json.data.status], [401, code, 401])
    const byAnother = await sam.rest(method, path, request)
    t.deepEqual([byAnother.status, byAnother.json.code, byAnother.json.data.status], [403, code, 403])
  }
  const introspect = await sam.rest('GET', `${collection}/introspect`)
  t.deepEqual(
    [introspect.status, introspect.json.code],
    [403, 'rest_cannot_introspect_app_password_for_non_authenticated_user'],
  )
  const forSam = await admin.rest('POST', '/wp-json/wp/v2/users/3/application-passwords', { json: { name: 'for sam' } })
  t.is((await nobody.get(ME, { headers: basic('sam', forSam.json.password) })).json.id, 3)
})

test('ids: unknown users, 0, and invalid ones', async t => {
  const site = await startSite(t)
  const admin = await site.client('admin')
  const answer = async (id: string) => {
    const { status, json } = await admin.rest('GET', `/wp-json/wp/v2/users/${id}/application-passwords`)
    return [status, json.code]
  }
  for (const id of ['999999', '0', '-1', 'nobody', '9'.repeat(40), '00000000-0000-4000-8000-000000000000']) {
    t.deepEqual(await answer(id), [404, 'rest_user_invalid_id'], id)
  }
  for (const id of ['%00', '1%2F2', "1'", '*']) t.deepEqual(await answer(id), [404, 'rest_no_route'], id)
  t.is((await admin.rest('GET', `${APPLICATION_PASSWORDS}/not~a~uuid`)).json.code, 'rest_no_route')
  t.is((await admin.rest('GET', `${APPLICATION_PASSWORDS}/nope`)).json.code, 'rest_application_password_not_found')
})

test('a WordPress route that this site lacks goes on to the host, or gets WordPress’s 404', async t => {
  const site = await startSite(t)
  const answer = await (await site.client()).get('/wp-json/wp/v2/nothing-here')
  t.deepEqual([answer.status, answer.json.code], [404, 'rest_no_route'])
  t.is((await (await site.client()).send('POST', '/wp-json/')).json.code, 'rest_no_route')
})

test('without content, the other routes for testing a credential show only the caller', async t => {
  const site = await startSite(t, {}, { hasContent: false })
  const { password } = await (await site.client('ed')).createPassword()
  const script = await site.client()
  const get = (path: string) => script.get(`/wp-json/wp/v2/users${path}`, { headers: basic('ed', password) })
  const list = await get('?per_page=10&page=1')
  t.deepEqual(
    list.json.map((user: { slug: string }) => user.slug),
    ['ed'],
  )
  t.is(list.headers.get('x-wp-totalpages'), '1')
  t.is((await get('/2?context=edit')).json.username, 'ed')
  for (const id of ['1', '3', '999']) t.deepEqual((await get(`/${id}`)).json.code, 'rest_user_cannot_view')
  for (const path of ['', '/2', '/me']) t.is((await script.get(`/wp-json/wp/v2/users${path}`)).status, 401)
})

test('if the host’s can() throws, no password is created', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const rule = (_user: unknown, action: string) => {
    if (action === 'delete_app_passwords') throw new Error('a rule of the host')
    return true
  }
  Object.assign(site.connect.users, { can: rule })
  t.is((await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'lost' } })).status, 500)
  t.is((await site.knex('connect_application_passwords')).length, 0)
})
