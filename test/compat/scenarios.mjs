// Each scenario drives one site over HTTP and returns what it saw, normalised.
// The same scenarios run against a real WordPress, whose answers are the reference.
import { basic, Client, observe } from './client.mjs'

const AP = '/wp-json/wp/v2/users/me/application-passwords'
const APP_ID = '00000000-0000-5000-8000-000000000001'

export async function prepare(env) {
  const admin = new Client(env.base)
  await admin.login(env.admin.login, env.admin.password)
  const nonce = await admin.nonce()
  const H = { 'x-wp-nonce': nonce }
  await admin.send('DELETE', AP, { headers: H })
  const sub = new Client(env.base)
  await sub.login(env.sub.login, env.sub.password)
  const subNonce = await sub.nonce()
  await sub.send('DELETE', AP, { headers: { 'x-wp-nonce': subNonce } })
  const anon = new Client(env.base)
  const made = await admin.send('POST', AP, { headers: H, json: { name: 'Compat main' } })
  const subMade = await sub.send('POST', AP, { headers: { 'x-wp-nonce': subNonce }, json: { name: 'Compat sub' } })
  const adminId = Number(/users\/(\d+)\//.exec(made.data?._links?.self?.[0]?.href ?? '')?.[1])
  const subId = Number(/users\/(\d+)\//.exec(subMade.data?._links?.self?.[0]?.href ?? '')?.[1])
  return {
    env,
    admin,
    H,
    sub,
    SH: { 'x-wp-nonce': subNonce },
    anon,
    pass: made.data,
    subPass: subMade.data,
    adminId,
    subId,
    B: basic(env.admin.login, made.data.password),
    SB: basic(env.sub.login, subMade.data.password),
  }
}

export const scenarios = []
const add = (id, fn) => scenarios.push({ id, fn })
const seen = (c, r, o) => observe(r, c.env.base, o)
const pick = (o, ...keys) => {
  const b = o.body
  return {
    ...o,
    body: b && typeof b === 'object' ? Object.fromEntries(keys.filter(k => k in b).map(k => [k, b[k]])) : b,
  }
}
export const errorOf = o => ({
  status: o.status,
  code: o.body?.code,
  dataStatus: o.body?.data?.status,
  params: o.body?.data?.params ? Object.keys(o.body.data.params) : undefined,
})

// --- discovery
add('index/authentication', async c => {
  const r = await c.anon.send('GET', '/wp-json/')
  const o = seen(c, r)
  return {
    status: o.status,
    authentication: o.body?.authentication,
    url: o.body?.url,
    home: o.body?.home,
    hasNamespace: o.body?.namespaces?.includes('wp/v2'),
    type: r.headers.get('content-type')?.toLowerCase(),
  }
})
add('index/without trailing slash', async c => {
  const r = await c.anon.send('GET', '/wp-json')
  return { status: r.status, authentication: seen(c, r).body?.authentication }
})
add('index/rest_route query', async c => {
  const r = await c.anon.send('GET', '/?rest_route=/')
  return { status: r.status, authentication: seen(c, r).body?.authentication }
})
add('home/Link header', async c => {
  const r = await c.anon.send('HEAD', '/')
  return {
    rest: /<([^>]*)>; rel="https:\/\/api\.w\.org\/"/
      .exec(r.headers.get('link') ?? '')?.[1]
      ?.replace(c.env.base, '<site>'),
  }
})

// --- nobody logged in
const anonymous = list => {
  for (const [m, p] of list)
    add(`anonymous/${m} ${p.replace('/wp-json/wp/v2', '')}`, async c =>
      errorOf(seen(c, await c.anon.send(m, p, m === 'POST' || m === 'PUT' ? { json: { name: 'x' } } : {}))),
    )
}
anonymous([
  ['GET', AP],
  ['POST', AP],
  ['DELETE', AP],
  ['GET', `${AP}/introspect`],
  ['GET', '/wp-json/wp/v2/users/me'],
  ['GET', '/wp-json/wp/v2/users/1/application-passwords'],
])

// --- Basic credentials
const me = '/wp-json/wp/v2/users/me'
add('basic/valid', async c => {
  const o = seen(c, await c.anon.send('GET', me, { headers: c.B }))
  return { status: o.status, id: o.body?.id, name: o.body?.name, slug: o.body?.slug }
})
add('basic/valid, context=edit', async c => {
  const o = seen(c, await c.anon.send('GET', `${me}?context=edit`, { headers: c.B }))
  return pick(o, 'id', 'username', 'name', 'email', 'slug', 'roles')
})
const variant = (id, f) =>
  add(`basic/${id}`, async c => {
    const r = await c.anon.send('GET', me, { headers: f(c) })
    const o = seen(c, r)
    return o.status === 200 ? { status: 200, id: o.body?.id } : errorOf(o)
  })
variant('without spaces', c => basic(c.env.admin.login, c.pass.password.replaceAll(' ', '')))
variant('dashes for spaces', c => basic(c.env.admin.login, c.pass.password.replaceAll(' ', '-')))
variant('e-mail for login', c => basic(c.env.admin.email, c.pass.password))
variant('wrong password', c => basic(c.env.admin.login, 'aaaa bbbb cccc dddd eeee ffff'))
variant('unknown user', c => basic('nobody-here', c.pass.password))
variant('account password is refused', c => basic(c.env.admin.login, c.env.admin.password))
variant("another user's password", c => basic(c.env.sub.login, c.pass.password))
add('basic/bad credentials on a public route', async c =>
  errorOf(seen(c, await c.anon.send('GET', '/wp-json/', { headers: basic(c.env.admin.login, 'nope') }))),
)
add('basic/last_used and last_ip recorded', async c => {
  const m = await c.admin.send('POST', AP, { headers: c.H, json: { name: 'Usage' } })
  await c.anon.send('GET', me, { headers: basic(c.env.admin.login, m.data.password) })
  const o = seen(c, await c.admin.send('GET', `${AP}/${m.data.uuid}`, { headers: c.H }))
  return pick(o, 'last_used', 'last_ip', 'name')
})

// --- create
const create = (id, json, extra = {}) =>
  add(`create/${id}`, async c => {
    const o = seen(c, await c.admin.send('POST', AP, { headers: c.H, json, ...extra }), { headers: ['location'] })
    return o.status < 300 ? o : { ...errorOf(o) }
  })
create('name', { name: 'IFTTT' })
create('name and app_id', { name: 'Zapier', app_id: APP_ID })
create('no name', {})
create('empty name', { name: '' })
create('blank name', { name: '   ' })
create('app_id not a UUID', { name: 'x', app_id: 'nope' })
add('create/same name twice', async c => {
  const a = await c.admin.send('POST', AP, { headers: c.H, json: { name: 'Twice' } })
  const b = await c.admin.send('POST', AP, { headers: c.H, json: { name: 'Twice' } })
  return [a.status, b.status, a.data?.uuid !== b.data?.uuid]
})
add('create/form encoded', async c => {
  const o = seen(c, await c.admin.send('POST', AP, { headers: c.H, form: { name: 'Form' } }))
  return pick(o, 'name', 'app_id')
})
add('create/malformed JSON', async c =>
  errorOf(
    seen(
      c,
      await c.admin.send('POST', AP, { headers: { ...c.H, 'content-type': 'application/json' }, body: '{"name":' }),
    ),
  ),
)
add('create/admin for another user', async c => {
  const o = seen(
    c,
    await c.admin.send('POST', `/wp-json/wp/v2/users/${c.subId}/application-passwords`, {
      headers: c.H,
      json: { name: 'For sub' },
    }),
  )
  return pick(o, 'name')
})
add('create/subscriber for the admin', async c =>
  errorOf(
    seen(
      c,
      await c.sub.send('POST', `/wp-json/wp/v2/users/${c.adminId}/application-passwords`, {
        headers: c.SH,
        json: { name: 'x' },
      }),
    ),
  ),
)

// --- read
add('list/own', async c => {
  const o = seen(c, await c.sub.send('GET', AP, { headers: c.SH }))
  return {
    status: o.status,
    first: o.body?.[0] && Object.keys(o.body[0]).sort(),
    hasPassword: o.body?.some?.(x => 'password' in x),
  }
})
add('list/context=embed', async c => {
  const o = seen(c, await c.sub.send('GET', `${AP}?context=embed`, { headers: c.SH }))
  return { status: o.status, first: o.body?.[0] && Object.keys(o.body[0]).sort() }
})
add("list/subscriber reads the admin's", async c =>
  errorOf(
    seen(c, await c.sub.send('GET', `/wp-json/wp/v2/users/${c.adminId}/application-passwords`, { headers: c.SH })),
  ),
)
add("list/admin reads the subscriber's", async c => {
  const o = seen(
    c,
    await c.admin.send('GET', `/wp-json/wp/v2/users/${c.subId}/application-passwords`, { headers: c.H }),
  )
  return { status: o.status, array: Array.isArray(o.body) }
})
add('list/unknown user', async c =>
  errorOf(seen(c, await c.admin.send('GET', '/wp-json/wp/v2/users/999999/application-passwords', { headers: c.H }))),
)
add('get/one', async c => seen(c, await c.sub.send('GET', `${AP}/${c.subPass.uuid}`, { headers: c.SH })))
add('get/unknown uuid', async c =>
  errorOf(seen(c, await c.sub.send('GET', `${AP}/00000000-0000-4000-8000-000000000000`, { headers: c.SH }))),
)
add("get/the subscriber reads one of the admin's", async c =>
  errorOf(
    seen(
      c,
      await c.sub.send('GET', `/wp-json/wp/v2/users/${c.adminId}/application-passwords/${c.pass.uuid}`, {
        headers: c.SH,
      }),
    ),
  ),
)
add('introspect/with the password', async c => {
  const o = seen(c, await c.anon.send('GET', `${AP}/introspect`, { headers: c.SB }))
  return pick(o, 'uuid', 'name', 'app_id')
})
add('introspect/with a cookie', async c =>
  errorOf(seen(c, await c.sub.send('GET', `${AP}/introspect`, { headers: c.SH }))),
)
add('OPTIONS/schema properties', async c => {
  const o = seen(c, await c.sub.send('OPTIONS', AP, { headers: c.SH }))
  return {
    status: o.status,
    methods: o.body?.methods,
    title: o.body?.schema?.title,
    properties: o.body?.schema && Object.keys(o.body.schema.properties).sort(),
  }
})

// --- update
const upd = (id, method, json, extra = {}) =>
  add(`update/${id}`, async c => {
    const m = await c.admin.send('POST', AP, { headers: c.H, json: { name: 'Before', app_id: APP_ID } })
    const o = seen(
      c,
      await c.admin.send(method, `${AP}/${m.data.uuid}`, { headers: { ...c.H, ...(extra.headers ?? {}) }, json }),
    )
    return o.status < 300 ? pick(o, 'name', 'app_id', 'password') : errorOf(o)
  })
upd('PUT name', 'PUT', { name: 'After' })
upd('POST name', 'POST', { name: 'After' })
add('update/unknown uuid', async c =>
  errorOf(
    seen(
      c,
      await c.admin.send('PUT', `${AP}/00000000-0000-4000-8000-000000000000`, { headers: c.H, json: { name: 'x' } }),
    ),
  ),
)

// --- revoke
add('delete/one, then it no longer authenticates', async c => {
  const m = await c.admin.send('POST', AP, { headers: c.H, json: { name: 'Gone' } })
  const d = seen(c, await c.admin.send('DELETE', `${AP}/${m.data.uuid}`, { headers: c.H }))
  const after = errorOf(seen(c, await c.anon.send('GET', me, { headers: basic(c.env.admin.login, m.data.password) })))
  return {
    deleted: {
      status: d.status,
      deleted: d.body?.deleted,
      previous: d.body?.previous && Object.keys(d.body.previous).sort(),
    },
    after,
  }
})
add('delete/unknown uuid', async c =>
  errorOf(seen(c, await c.admin.send('DELETE', `${AP}/00000000-0000-4000-8000-000000000000`, { headers: c.H }))),
)

// --- cookies and nonces
add('cookie/without a nonce counts as nobody', async c => errorOf(seen(c, await c.admin.send('GET', me))))
add('cookie/with a wrong nonce', async c =>
  errorOf(seen(c, await c.admin.send('GET', me, { headers: { 'x-wp-nonce': 'bad0bad0ba' } }))),
)
add('route/unknown', async c => errorOf(seen(c, await c.anon.send('GET', '/wp-json/wp/v2/nothing-here'))))

// --- wp-admin/authorize-application.php
const AUTH = '/wp-admin/authorize-application.php'
const q = o => `${AUTH}?${new URLSearchParams(o)}`
const inputs = html =>
  Object.fromEntries(
    [...html.matchAll(/<input[^>]*>/g)]
      .map(m => [
        /name="([^"]*)"/.exec(m[0])?.[1],
        /value="([^"]*)"/.exec(m[0])?.[1]?.replaceAll('&#038;', '&').replaceAll('&amp;', '&') ?? '',
      ])
      .filter(([k]) => k),
  )
const formOf = html => {
  const i = html.indexOf('authorize_application_password')
  const start = html.lastIndexOf('<form', i)
  return html.slice(start, html.indexOf('</form>', i))
}
const split = (c, loc) => {
  if (!loc) return null
  const u = new URL(loc, c.env.base)
  return {
    to: u.origin + u.pathname,
    query: Object.fromEntries(
      [...u.searchParams].map(([k, v]) => [
        k,
        k === 'password'
          ? /^[A-Za-z0-9]{24}$/.test(v)
            ? '<24 letters and digits>'
            : v
          : v.replace(c.env.base, '<site>'),
      ]),
    ),
  }
}
add('authorize/not logged in goes to the login page', async c => {
  const r = await c.anon.send('GET', q({ app_name: 'Demo' }))
  const u = new URL(r.headers.get('location') ?? '/', c.env.base)
  return { status: r.status, to: u.pathname, back: u.searchParams.get('redirect_to')?.replace(c.env.base, '<site>') }
})
add('authorize/form fields', async c => {
  const r = await c.admin.send(
    'GET',
    q({
      app_name: 'Demo',
      app_id: APP_ID,
      success_url: 'https://client.example/ok',
      reject_url: 'https://client.example/no',
    }),
  )
  const f = inputs(formOf(r.text))
  return {
    status: r.status,
    app_name: f.app_name,
    app_id: f.app_id,
    success_url: f.success_url,
    reject_url: f.reject_url,
    approve: 'approve' in f || /name="approve"/.test(r.text),
    reject: 'reject' in f || /name="reject"/.test(r.text),
  }
})
async function answer(c, params, which) {
  const r = await c.admin.send('GET', q(params))
  const f = inputs(formOf(r.text))
  delete f.approve
  delete f.reject
  const p = await c.admin.send('POST', AUTH, { form: { ...f, ...which } })
  return { p, shown: /id="new-application-password-value"/.test(p.text) }
}
add('authorize/approve with success_url', async c => {
  const { p } = await answer(c, { app_name: 'Demo', success_url: 'https://client.example/ok?x=1' }, { approve: 'y' })
  const s = split(c, p.headers.get('location'))
  if (s?.query?.password === '<24 letters and digits>') {
    const raw = new URL(p.headers.get('location')).searchParams.get('password')
    s.works = (await c.anon.send('GET', me, { headers: basic(c.env.admin.login, raw) })).status
  }
  return { status: p.status, ...s }
})
add('authorize/reject with reject_url', async c => {
  const { p } = await answer(
    c,
    { app_name: 'Demo', success_url: 'https://client.example/ok', reject_url: 'https://client.example/no?y=2' },
    { reject: 'n' },
  )
  return { status: p.status, ...split(c, p.headers.get('location')) }
})
add('authorize/reject falls back to success=false', async c => {
  const { p } = await answer(c, { app_name: 'Demo', success_url: 'https://client.example/ok' }, { reject: 'n' })
  return { status: p.status, ...split(c, p.headers.get('location')) }
})
add('authorize/approve without success_url shows the password', async c => {
  const { p, shown } = await answer(c, { app_name: 'Demo' }, { approve: 'y' })
  return { status: p.status, shown }
})
add('authorize/no nonce', async c => {
  const p = await c.admin.send('POST', AUTH, {
    form: {
      action: 'authorize_application_password',
      app_name: 'Demo',
      app_id: '',
      success_url: '',
      reject_url: '',
      approve: 'y',
    },
  })
  return { status: p.status, shown: /id="new-application-password-value"/.test(p.text) }
})
const refused = (id, params) =>
  add(`authorize/${id}`, async c => {
    const r = await c.admin.send('GET', q(params))
    return { ok: r.status === 200 && /name="approve"/.test(r.text) }
  })
refused('javascript: success_url refused', { app_name: 'x', success_url: 'javascript:alert(1)' })
refused('data: reject_url refused', { app_name: 'x', reject_url: 'data:text/html,x' })
refused('app_id not a UUID refused', { app_name: 'x', app_id: 'nope' })
refused('custom scheme allowed', { app_name: 'x', success_url: 'myapp://connected/back' })

// --- XML-RPC
const call = (m, ...params) =>
  `<?xml version="1.0"?><methodCall><methodName>${m}</methodName><params>${params.map(p => `<param><value>${typeof p === 'number' ? `<int>${p}</int>` : `<string>${p}</string>`}</value></param>`).join('')}</params></methodCall>`
const rpc = (id, f) =>
  add(`xmlrpc/${id}`, async c => {
    const r = await c.anon.send('POST', '/xmlrpc.php', { headers: { 'content-type': 'text/xml' }, body: f(c) })
    const fault = /<name>faultCode<\/name>\s*<value>\s*<int>(-?\d+)/.exec(r.text)?.[1]
    const names = [...r.text.matchAll(/<name>(\w+)<\/name>/g)].map(m => m[1])
    return {
      status: r.status,
      type: r.headers.get('content-type')?.split(';')[0],
      fault: fault ?? null,
      names: fault ? undefined : [...new Set(names)].sort(),
    }
  })
rpc('wp.getUsersBlogs with an application password', c => call('wp.getUsersBlogs', c.env.admin.login, c.pass.password))
rpc('wp.getUsersBlogs with a wrong password', c => call('wp.getUsersBlogs', c.env.admin.login, 'nope'))
add('xmlrpc/system.listMethods', async c => {
  const r = await c.anon.send('POST', '/xmlrpc.php', {
    headers: { 'content-type': 'text/xml' },
    body: call('system.listMethods'),
  })
  const n = [...r.text.matchAll(/<string>([\w.]+)<\/string>/g)].map(m => m[1])
  return {
    status: r.status,
    has: [
      'system.listMethods',
      'system.multicall',
      'wp.getUsersBlogs',
      'wp.newPost',
      'metaWeblog.newPost',
      'blogger.getUsersBlogs',
    ].map(m => [m, n.includes(m)]),
  }
})
