import test from 'ava'
import { startContentSite } from '../support/content.ts'

test('a post’s whole life: draft, published, changed, in the trash, restored, deleted', async t => {
  const { as } = await startContentSite(t)
  const { json: draft, status } = await as('otto', 'POST', '/posts', {
    json: { title: 'Hello', content: '<p>One</p>' },
  })
  t.is(status, 201)
  t.like(draft, { status: 'draft', slug: '', title: { raw: 'Hello' } })
  const route = `/posts/${draft.id}`

  t.like((await as('otto', 'PUT', route, { json: { status: 'publish' } })).json, { status: 'publish', slug: 'hello' })
  t.is((await as(null, 'GET', route)).json.content.rendered, '<p>One</p>')
  t.is((await as('otto', 'PATCH', route, { json: { content: 'Two' } })).json.content.rendered, '<p>Two</p>\n')

  t.like((await as('otto', 'DELETE', route)).json, { status: 'trash', slug: 'hello__trashed' })
  t.is((await as(null, 'GET', route)).status, 401)
  t.like((await as('ed', 'POST', route, { json: { status: 'publish' } })).json, { slug: 'hello' })

  t.like((await as('admin', 'DELETE', `${route}?force=true`)).json, { deleted: true })
  t.is((await as(null, 'GET', route)).json.code, 'rest_post_invalid_id')
})

test('nobody reads another user’s draft, whatever they ask for', async t => {
  const { as } = await startContentSite(t)
  const { json: draft } = await as('otto', 'POST', '/posts', { json: { title: 'Secret plan' } })
  await as('cora', 'POST', '/posts', { json: { title: 'Mine' } })
  for (const login of [null, 'sam', 'cora']) {
    t.is((await as(login, 'GET', `/posts/${draft.id}`)).json.code, 'rest_forbidden', String(login))
    t.is((await as(login, 'GET', `/posts/${draft.id}?context=edit`)).json.code, 'rest_forbidden_context', String(login))
    t.notRegex((await as(login, 'GET', '/posts?search=secret&status=publish')).text, /Secret plan/)
    t.notRegex((await as(login, 'GET', '/search?search=secret')).text, /Secret plan/)
  }
  for (const status of ['draft', 'any', 'publish,draft', 'private']) {
    const { text } = await as('cora', 'GET', `/posts?status=${status}`)
    t.notRegex(text, /Secret plan/, status)
    t.is((await as(null, 'GET', `/posts?status=${status}`)).json.code, 'rest_invalid_param', status)
    t.is((await as('sam', 'GET', `/posts?status=${status}`)).json.code, 'rest_invalid_param', status)
  }
  const own = await as('cora', 'GET', '/posts?status=draft')
  t.deepEqual(
    own.json.map((post: { title: { rendered: string } }) => post.title.rendered),
    ['Mine'],
  )
  t.is(own.headers.get('x-wp-total'), '1')
})

test('a private post is for its author and editors', async t => {
  const { as } = await startContentSite(t)
  const { json: post } = await as('otto', 'POST', '/posts', { json: { title: 'Diary', status: 'private' } })
  t.is((await as('otto', 'GET', `/posts/${post.id}`)).status, 200)
  t.is((await as('ed', 'GET', `/posts/${post.id}`)).status, 200)
  for (const login of [null, 'sam', 'cora'])
    t.is((await as(login, 'GET', `/posts/${post.id}`)).json.code, 'rest_forbidden')
})

test('a post with a password shows its content only to whoever knows it', async t => {
  const { as } = await startContentSite(t)
  const { json: post } = await as('otto', 'POST', '/posts', {
    json: { title: 'Party', content: 'At nine', status: 'publish', password: 'sesame' },
  })
  const route = `/posts/${post.id}`
  const closed = (await as(null, 'GET', route)).json
  t.like(closed, { content: { rendered: '', protected: true }, excerpt: { rendered: '', protected: true } })
  t.notRegex((await as(null, 'GET', '/posts')).text, /At nine|sesame/)
  t.deepEqual((await as(null, 'GET', '/posts?search=nine')).json, [])
  t.deepEqual((await as(null, 'GET', '/search?search=nine')).json, [])
  t.is((await as('ed', 'GET', '/posts?search=nine')).json.length, 1)
  t.is((await as(null, 'GET', `${route}?password=wrong`)).json.code, 'rest_post_incorrect_password')
  t.is((await as(null, 'GET', `${route}?password=sesame`)).json.content.rendered, '<p>At nine</p>\n')
  t.is((await as('otto', 'GET', `${route}?context=edit`)).json.password, 'sesame')
})

test('a scheduled post appears at its time, and not before', async t => {
  const { as } = await startContentSite(t)
  const { json: post } = await as('otto', 'POST', '/posts', {
    json: { title: 'Later', status: 'publish', date_gmt: '2099-01-01T00:00:00' },
  })
  t.is(post.status, 'future')
  t.is((await as(null, 'GET', `/posts/${post.id}`)).status, 401)
  t.deepEqual((await as(null, 'GET', '/posts')).json, [])
  t.is((await as('otto', 'GET', '/posts?status=future')).headers.get('x-wp-total'), '1')
  t.is(
    (await as('otto', 'POST', `/posts/${post.id}`, { json: { date_gmt: '2020-01-01T00:00:00' } })).json.status,
    'publish',
  )
  t.is((await as(null, 'GET', '/posts')).headers.get('x-wp-total'), '1')
})

test('who may do what, by role', async t => {
  const { as } = await startContentSite(t)
  const { json: post } = await as('otto', 'POST', '/posts', { json: { title: 'Otto’s', status: 'publish' } })
  const codes = async (login: string | null) => ({
    create: (await as(login, 'POST', '/posts', { json: { title: 'x' } })).json.code,
    publish: (await as(login, 'POST', '/posts', { json: { title: 'x', status: 'publish' } })).json.code,
    edit: (await as(login, 'POST', `/posts/${post.id}`, { json: { title: 'Otto’s' } })).json.code,
    sticky: (await as(login, 'POST', `/posts`, { json: { title: 'x', sticky: true } })).json.code,
    page: (await as(login, 'POST', '/pages', { json: { title: 'x' } })).json.code,
    category: (await as(login, 'POST', '/categories', { json: { name: `c ${login}` } })).json.code,
    tag: (await as(login, 'POST', '/tags', { json: { name: `t ${login}` } })).json.code,
    settings: (await as(login, 'GET', '/settings')).json.code,
  })
  const none = 'rest_cannot_create'
  const anybody = {
    create: none,
    publish: none,
    edit: 'rest_cannot_edit',
    sticky: none,
    page: none,
    category: none,
    tag: none,
    settings: 'rest_forbidden',
  }
  t.deepEqual(await codes(null), anybody)
  t.deepEqual(await codes('sam'), anybody)
  t.deepEqual(await codes('cora'), {
    ...anybody,
    create: undefined,
    publish: 'rest_cannot_publish',
    sticky: 'rest_cannot_assign_sticky',
    tag: undefined,
  })
  const author = {
    ...anybody,
    create: undefined,
    publish: undefined,
    edit: undefined,
    sticky: 'rest_cannot_assign_sticky',
    tag: undefined,
  }
  t.deepEqual(await codes('otto'), author)
  const editor = Object.fromEntries(Object.keys(anybody).map(key => [key, undefined]))
  t.deepEqual(await codes('ed'), { ...editor, settings: 'rest_forbidden' })
  t.deepEqual(await codes('admin'), editor)
})

test('a subscriber cannot take over a post by its author member', async t => {
  const { as } = await startContentSite(t)
  const { json: post } = await as('otto', 'POST', '/posts', { json: { title: 'Mine' } })
  t.is((await as('cora', 'POST', `/posts/${post.id}`, { json: { author: 1 } })).json.code, 'rest_cannot_edit')
  t.is((await as('cora', 'POST', '/posts', { json: { title: 'x', author: 1 } })).json.code, 'rest_cannot_edit_others')
  t.is((await as('admin', 'POST', `/posts/${post.id}`, { json: { author: 999 } })).json.code, 'rest_invalid_author')
})

test('bad input is 400 and names the parameter; nothing is saved', async t => {
  const { as } = await startContentSite(t)
  const before = (await as('admin', 'GET', '/posts?status=any')).headers.get('x-wp-total')
  const cases: [string, object, string][] = [
    ['date', { title: 'x', date: '99999-01-01T00:00:00' }, 'rest_invalid_param'],
    ['date', { title: 'x', date: ['2026-01-01T00:00:00'] }, 'rest_invalid_param'],
    ['status', { title: 'x', status: 'trash' }, 'rest_invalid_param'],
    ['title', { title: 7 }, 'rest_invalid_param'],
    ['title', { title: { raw: 7 } }, 'rest_invalid_param'],
    ['content', { content: ['x'] }, 'rest_invalid_param'],
    ['sticky', { title: 'x', sticky: 'maybe' }, 'rest_invalid_param'],
    ['author', { title: 'x', author: 'otto' }, 'rest_invalid_param'],
    ['categories', { title: 'x', categories: 'red' }, 'rest_invalid_param'],
    ['comment_status', { title: 'x', comment_status: 'maybe' }, 'rest_invalid_param'],
    ['password', { title: 'x', password: 'p'.repeat(300) }, 'rest_invalid_param'],
  ]
  for (const [name, json, code] of cases) {
    const answer = await as('admin', 'POST', '/posts', { json })
    t.is(answer.json.code, code, JSON.stringify(json))
    t.deepEqual(Object.keys(answer.json.data.params), [name])
  }
  const others: [object, string][] = [
    [{ title: 'x', categories: [99_999] }, 'rest_invalid_term_id'],
    [{ title: 'x', categories: Array.from({ length: 100_000 }, (_, at) => at + 1) }, 'rest_invalid_term_id'],
    [{ title: 'x', featured_media: 99_999 }, 'rest_invalid_featured_media'],
    [{ title: '  ', content: '' }, 'empty_content'],
    [{}, 'empty_content'],
  ]
  for (const [json, code] of others) t.is((await as('admin', 'POST', '/posts', { json })).json.code, code)
  t.is((await as('admin', 'GET', '/posts?status=any')).headers.get('x-wp-total'), before)
})

test('a slug of 10,000 letters is shortened, and one that is taken gets a number', async t => {
  const { as } = await startContentSite(t)
  const long = await as('admin', 'POST', '/posts', {
    json: { title: 'x', slug: 'é'.repeat(10_000), status: 'publish' },
  })
  t.is(long.status, 201)
  t.true(long.json.slug.length <= 200)
  const slugs = await Promise.all(
    Array.from({ length: 10 }, () => as('admin', 'POST', '/posts', { json: { title: 'Same', status: 'publish' } })),
  )
  const all = slugs.map(({ json }) => json.slug)
  t.is(new Set(all).size, 10)
  t.true(all.every(slug => /^same(-\d+)?$/.test(slug)))
})

test('two saves at once keep the members that each of them changed', async t => {
  const { as } = await startContentSite(t)
  const { json: post } = await as('admin', 'POST', '/posts', { json: { title: 'A', content: 'B', excerpt: 'C' } })
  const changes = [{ title: 'A2' }, { content: 'B2' }, { excerpt: 'C2' }, { format: 'aside' }]
  await Promise.all(changes.map(json => as('admin', 'POST', `/posts/${post.id}`, { json })))
  const { json: saved } = await as('admin', 'GET', `/posts/${post.id}?context=edit`)
  t.like(saved, { title: { raw: 'A2' }, content: { raw: 'B2' }, excerpt: { raw: 'C2' }, format: 'aside' })
})

test('a long post of 3 MB is kept to the letter; more than 4 MB is 413, and without credentials more than 16 KB', async t => {
  const { as } = await startContentSite(t)
  const content = `<p>${'ä '.repeat(1_000_000)}</p>`
  const { json: post } = await as('admin', 'POST', '/posts', { json: { title: 'Long', content } })
  t.is((await as('admin', 'GET', `/posts/${post.id}?context=edit`)).json.content.raw, content)
  t.is(
    (await as('admin', 'POST', '/posts', { json: { content: 'x'.repeat(5 * 1024 * 1024) } })).json.code,
    'body_too_large',
  )
  const answer = await as(null, 'POST', '/posts', { json: { content: 'x'.repeat(20_000) } })
  t.is(answer.json.code, 'body_too_large')
})

test('hostile text is stored as text: NUL, broken UTF-16, SQL, templates', async t => {
  const { as } = await startContentSite(t)
  for (const title of ['a\0b', 'a\ud800b', "x'); drop table connect_users; --", '{{ 7*7 }}', '%00', '😀'.repeat(50)]) {
    const { status, json } = await as('admin', 'POST', '/posts', { json: { title, status: 'publish' } })
    t.is(status, 201, title)
    t.is((await as(null, 'GET', `/posts/${json.id}`)).status, 200)
    t.is((await as(null, 'GET', `/posts?search=${encodeURIComponent(title.toWellFormed())}`)).status, 200)
  }
  for (const query of [
    'search=%00',
    'slug=%00',
    'include=1,2,x',
    'after=nonsense',
    'orderby=password',
    'categories[terms]=x',
  ])
    t.true((await as(null, 'GET', `/posts?${query}`)).status < 500, query)
})

test('pages: their addresses follow their parents, and none is below itself', async t => {
  const { as } = await startContentSite(t)
  const page = async (title: string, parent?: number) =>
    (await as('admin', 'POST', '/pages', { json: { title, status: 'publish', ...(parent && { parent }) } })).json
  const a = await page('A')
  const b = await page('B', a.id)
  const c = await page('C', b.id)
  t.regex(c.link, /\/a\/b\/c\/$/)
  t.is((await as('admin', 'POST', `/pages/${a.id}`, { json: { parent: c.id } })).json.code, 'rest_post_invalid_parent')
  t.is(
    (await as('admin', 'POST', `/pages/${a.id}`, { json: { parent: 999_999 } })).json.code,
    'rest_post_invalid_parent',
  )
  await as('admin', 'DELETE', `/pages/${b.id}?force=true`)
  t.is((await as(null, 'GET', `/pages/${c.id}`)).json.parent, a.id)
})

test('what the caller may do is in Allow, and every route in the index', async t => {
  const { as, url } = await startContentSite(t)
  const { json: post } = await as('otto', 'POST', '/posts', { json: { title: 'x', status: 'publish' } })
  t.is((await as(null, 'GET', `/posts/${post.id}`)).headers.get('allow'), 'GET')
  t.is((await as('otto', 'GET', `/posts/${post.id}`)).headers.get('allow'), 'GET, POST, PUT, PATCH, DELETE')
  t.is((await as('otto', 'GET', '/posts')).headers.get('allow'), 'GET, POST')
  const { routes } = (await (await fetch(`${url}/wp-json/`)).json()) as {
    routes: Record<string, { methods: string[] }>
  }
  t.deepEqual(routes['/wp/v2/posts']?.methods, ['GET', 'POST'])
  t.deepEqual(routes['/wp/v2/media/(?P<id>[\\d]+)']?.methods, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
  for (const name of [
    'pages',
    'categories',
    'tags',
    'types',
    'taxonomies',
    'statuses',
    'settings',
    'search',
    'comments',
    'users',
  ])
    t.truthy(routes[`/wp/v2/${name}`], name)
})

test('HEAD, _fields and _embed', async t => {
  const { as } = await startContentSite(t)
  await as('otto', 'POST', '/posts', { json: { title: 'x', status: 'publish' } })
  const head = await as(null, 'HEAD', '/posts')
  t.is(head.headers.get('x-wp-total'), '1')
  t.is(head.text, '')
  t.deepEqual((await as(null, 'GET', '/posts?_fields=title.rendered')).json, [{ title: { rendered: 'x' } }])
  const { _embedded } = (await as(null, 'GET', '/posts?_embed=author')).json[0]
  t.deepEqual(Object.keys(_embedded), ['author'])
  t.is(_embedded.author[0].slug, 'otto')
  t.notRegex(JSON.stringify(_embedded), /otto@example\.com/)
})

test('events tell what changed, by whom', async t => {
  const { as, connect } = await startContentSite(t)
  const seen: string[] = []
  for (const name of ['content-created', 'content-updated', 'content-deleted'] as const) {
    connect.on(name, change => {
      seen.push(`${name} ${change.kind} by ${change.user.login} with ${change.auth.method}`)
    })
  }
  const { json: post } = await as('otto', 'POST', '/posts', { json: { title: 'x' } })
  await as('otto', 'POST', `/posts/${post.id}`, { json: { title: 'y' } })
  await as('otto', 'DELETE', `/posts/${post.id}?force=true`)
  await as('otto', 'POST', '/tags', { json: { name: 'red' } })
  const by = 'by otto with application-password'
  t.deepEqual(seen, [
    `content-created item ${by}`,
    `content-updated item ${by}`,
    `content-deleted item ${by}`,
    `content-created term ${by}`,
  ])
})

test('content-rendered changes what readers see, and not what editors edit', async t => {
  const { as, connect } = await startContentSite(t)
  connect.filter('content-rendered', html => html.replace('(tm)', '™'))
  const { json: post } = await as('admin', 'POST', '/posts', { json: { title: 'x', content: '<p>a (tm)</p>' } })
  t.like(post.content, { rendered: '<p>a ™</p>', raw: '<p>a (tm)</p>' })
})
