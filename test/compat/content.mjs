// What connectors (n8n, Zapier, IFTTT, mobile apps, editors) do with posts, pages, media and terms.
// They need, beside admin and sam (subscriber): edda (editor), otto (author), cora (contributor), with the password `password`.
import { basic, Client } from './client.mjs'
import { errorOf } from './scenarios.mjs'

export { prepare } from './scenarios.mjs'
export const scenarios = []
/** The same over XML-RPC. */
export const xmlRpcScenarios = []

export const V2 = '/wp-json/wp/v2'
const AP = `${V2}/users/me/application-passwords`

// --- who calls: each user's own application password, made once
const passes = new Map()
export async function pass(c, login) {
  if (!passes.has(login)) {
    const k = new Client(c.env.base)
    await k.login(login, 'password')
    const r = await k.send('POST', AP, { headers: { 'x-wp-nonce': await k.nonce() }, json: { name: 'Content' } })
    passes.set(login, r.data.password.replaceAll(' ', ''))
  }
  return passes.get(login)
}
export const as = async (c, login) => (login ? basic(login, await pass(c, login)) : {})
export const rest = async (c, login, method, path, o = {}) =>
  c.anon.send(method, path.startsWith('/wp-json') ? path : V2 + path, {
    ...o,
    headers: { ...(await as(c, login)), ...(o.headers ?? {}) },
  })
let serial = 0
const stamp = Date.now().toString(36)
/** A word that no other run has used. */
export const word = () => `w${stamp}${(serial++).toString(36)}x`

// --- what is compared: shapes and values, with ids and this run's own words taken out
const ID_KEYS = new Set(['id', 'author', 'featured_media', 'post', 'parent', 'term_id'])
export function tidy(v, c, words = [], key = '') {
  if (Array.isArray(v))
    return key === 'categories' || key === 'tags' ? v.map(() => '<id>') : v.map(x => tidy(x, c, words, key))
  if (v && typeof v === 'object')
    return Object.fromEntries(
      Object.keys(v)
        .sort()
        .map(k => [k, tidy(v[k], c, words, k)]),
    )
  if (typeof v === 'number' && ID_KEYS.has(key) && v > 0) return '<id>'
  if (typeof v !== 'string') return v
  let s = v.split(c.env.base).join('<site>')
  words.forEach((w, i) => {
    s = s.split(w).join(`<word${i || ''}>`)
  })
  return s
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\b/g, '<date>')
    .replace(/\/wp-content\/uploads\/\d{4}\/\d\d\//, '/<uploads>/')
    .replace(/(<site>\/wp-json\/wp\/v2\/[\w-]+\/)\d+/g, '$1<id>')
    .replace(/([?&](?:p|page_id|attachment_id|post|parent)=)\d+/g, '$1<id>')
    .replace(/\bpost-\d+\b/, 'post-<id>')
    .trim()
}
const POST = [
  'id',
  'date',
  'date_gmt',
  'modified',
  'modified_gmt',
  'password',
  'slug',
  'status',
  'type',
  'link',
  'title',
  'content',
  'excerpt',
  'author',
  'featured_media',
  'comment_status',
  'ping_status',
  'sticky',
  'template',
  'format',
  'categories',
  'tags',
  'parent',
  'menu_order',
]
export const post = (c, r, words, keys = POST) =>
  r.status >= 400
    ? errorOf({ status: r.status, body: r.data })
    : {
        status: r.status,
        ...tidy(Object.fromEntries(keys.filter(k => r.data && k in r.data).map(k => [k, r.data[k]])), c, words),
      }
export const err = r => errorOf({ status: r.status, body: r.data })
export const keysOf = r => (r.data && typeof r.data === 'object' ? Object.keys(r.data).sort() : r.status)
export const make = async (c, login, body, path = '/posts') => {
  const r = await rest(c, login, 'POST', path, { json: body })
  if (r.status !== 201) throw new Error(`setup: ${r.status} ${r.text.slice(0, 120)}`)
  return r.data
}
export const titles = (r, words) =>
  Array.isArray(r.data)
    ? r.data.map(p => {
        let t = p.title?.rendered ?? p.name
        words.forEach((w, i) => {
          t = t.split(w).join(`<word${i || ''}>`)
        })
        return t
      })
    : err(r)
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAEklEQVR4nGP4z8AARwzEcQDfMQ/x42PNVwAAAABJRU5ErkJggg==',
  'base64',
)
export const upload = (c, login, name, bytes = PNG, type = 'image/png', more = {}) =>
  rest(c, login, 'POST', '/media', {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"`, ...more },
    body: bytes,
  })
export const MEDIA = [
  'id',
  'slug',
  'status',
  'type',
  'link',
  'title',
  'author',
  'caption',
  'alt_text',
  'media_type',
  'mime_type',
  'post',
  'source_url',
]

// Every scenario: c is the context of run.mjs, w a word of its own.
const S = (id, fn) => scenarios.push({ id: `content/${id}`, fn: c => fn(c, word()) })

// --- posts: create
S('post/create a draft', async (c, w) =>
  post(c, await rest(c, 'admin', 'POST', '/posts', { json: { title: `T ${w}`, content: `<p>C ${w}</p>` } }), [w]),
)
S('post/create: all members of the answer', async (c, w) =>
  keysOf(await rest(c, 'admin', 'POST', '/posts', { json: { title: w } })),
)
S('post/create: members for a reader', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  return keysOf(await rest(c, null, 'GET', `/posts/${p.id}`))
})
S('post/create: Location', async (c, w) => {
  const r = await rest(c, 'admin', 'POST', '/posts', { json: { title: w } })
  return { status: r.status, ok: r.headers.get('location') === `${c.env.base}${V2}/posts/${r.data?.id}` }
})
S('post/create and publish', async (c, w) =>
  post(
    c,
    await rest(c, 'admin', 'POST', '/posts', {
      json: {
        title: `Hello ${w}`,
        content: `<p>One ${w}</p>`,
        excerpt: `Short ${w}`,
        status: 'publish',
        slug: `slug-${w}`,
      },
    }),
    [w],
  ),
)
S('post/create with categories and tags', async (c, w) => {
  const k = await make(c, 'admin', { name: `K ${w}` }, '/categories')
  const t = await make(c, 'admin', { name: `T ${w}` }, '/tags')
  const r = await rest(c, 'admin', 'POST', '/posts', {
    json: { title: w, status: 'publish', categories: [k.id], tags: [t.id] },
  })
  return {
    status: r.status,
    categories: JSON.stringify(r.data?.categories) === `[${k.id}]`,
    tags: JSON.stringify(r.data?.tags) === `[${t.id}]`,
  }
})
S('post/create, form encoded as n8n and PHP do', async (c, w) =>
  post(
    c,
    await rest(c, 'admin', 'POST', '/posts', { form: { title: `F ${w}`, content: `C ${w}`, status: 'draft' } }),
    [w],
    ['title', 'status', 'slug', 'author'],
  ),
)
S('post/create dated in the past', async (c, w) =>
  post(
    c,
    await rest(c, 'admin', 'POST', '/posts', {
      json: { title: w, status: 'publish', date_gmt: '2020-02-29T12:34:56' },
    }),
    [w],
    ['status', 'type'],
  ),
)
S('post/its date is kept', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish', date_gmt: '2020-02-29T12:34:56' })
  return { date: p.date, date_gmt: p.date_gmt, link: p.link.replace(c.env.base, '<site>').replace(w, '<word>') }
})
S('post/create dated in the future becomes scheduled', async (c, w) => {
  const r = await rest(c, 'admin', 'POST', '/posts', {
    json: { title: w, status: 'publish', date_gmt: '2036-01-01T00:00:00' },
  })
  const seen = err(await rest(c, null, 'GET', `/posts/${r.data?.id}`))
  await rest(c, 'admin', 'DELETE', `/posts/${r.data?.id}?force=true`)
  return { ...post(c, r, [w], ['status']), seen }
})
S('post/create with a date that is none', async (c, w) =>
  err(await rest(c, 'admin', 'POST', '/posts', { json: { title: w, date: 'yesterday-ish' } })),
)
S('post/create with an unknown status', async (c, w) =>
  err(await rest(c, 'admin', 'POST', '/posts', { json: { title: w, status: 'shouted' } })),
)
S('post/create with nothing in it', async c => err(await rest(c, 'admin', 'POST', '/posts', { json: {} })))
S('post/create as nobody', async (c, w) => err(await rest(c, null, 'POST', '/posts', { json: { title: w } })))
S('post/create as a subscriber', async (c, w) => err(await rest(c, 'sam', 'POST', '/posts', { json: { title: w } })))
S('post/create as a contributor', async (c, w) =>
  post(c, await rest(c, 'cora', 'POST', '/posts', { json: { title: w } }), [w], ['status', 'title']),
)
S('post/publish as a contributor', async (c, w) =>
  err(await rest(c, 'cora', 'POST', '/posts', { json: { title: w, status: 'publish' } })),
)
S('post/create for another author, as an author', async (c, w) =>
  err(await rest(c, 'otto', 'POST', '/posts', { json: { title: w, author: c.adminId } })),
)
S('post/markup of an author is cleaned', async (c, w) => {
  const r = await rest(c, 'otto', 'POST', '/posts', {
    json: {
      title: `${w} <script>alert(1)</script>`,
      content: `<p onclick="x()">a</p><script>alert(1)</script><iframe src="https://e.example"></iframe>`,
    },
  })
  return {
    status: r.status,
    script: /<script/i.test(r.data?.content?.raw),
    handler: /onclick/.test(r.data?.content?.raw),
    iframe: /<iframe/.test(r.data?.content?.raw),
    title: /<script/i.test(r.data?.title?.raw),
  }
})
S('post/same slug twice', async (c, w) => {
  const a = await make(c, 'admin', { title: w, status: 'publish' })
  const b = await make(c, 'admin', { title: w, status: 'publish' })
  return [a.slug, b.slug].map(x => x.replace(w, '<word>'))
})

// --- posts: read
S('post/get by anybody', async (c, w) => {
  const p = await make(c, 'admin', { title: w, content: '<p>x</p>', status: 'publish' })
  return post(c, await rest(c, null, 'GET', `/posts/${p.id}`), [w])
})
S('post/get a draft as nobody', async (c, w) => {
  const p = await make(c, 'admin', { title: w })
  return err(await rest(c, null, 'GET', `/posts/${p.id}`))
})
S('post/get, context=edit, as nobody', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  return err(await rest(c, null, 'GET', `/posts/${p.id}?context=edit`))
})
S('post/get, context=edit, as its author', async (c, w) => {
  const p = await make(c, 'otto', { title: w, status: 'publish' })
  return post(c, await rest(c, 'otto', 'GET', `/posts/${p.id}?context=edit`), [w], ['title', 'content', 'status'])
})
S('post/get an unknown one', async c => err(await rest(c, 'admin', 'GET', '/posts/99999999')))
S('posts/list of anybody', async (c, w) => {
  for (const n of [1, 2, 3])
    await make(c, 'admin', { title: `${n} ${w}`, status: 'publish', date_gmt: `2021-01-0${n}T00:00:00` })
  await make(c, 'admin', { title: `draft ${w}` })
  const r = await rest(c, null, 'GET', `/posts?search=${w}`)
  return { titles: titles(r, [w]), total: r.headers.get('x-wp-total'), pages: r.headers.get('x-wp-totalpages') }
})
S('posts/pages and Link', async (c, w) => {
  for (const n of [1, 2, 3])
    await make(c, 'admin', { title: `${n} ${w}`, status: 'publish', date_gmt: `2021-01-0${n}T00:00:00` })
  const r = await rest(c, null, 'GET', `/posts?search=${w}&per_page=1&page=2`)
  return {
    titles: titles(r, [w]),
    total: r.headers.get('x-wp-total'),
    pages: r.headers.get('x-wp-totalpages'),
    rel: [...(r.headers.get('link') ?? '').matchAll(/<([^>]*)>; rel="(prev|next)"/g)]
      .map(m => `${m[2]} ${new URL(m[1]).searchParams.get('page')}`)
      .sort(),
  }
})
S('posts/beyond the last page', async (c, w) => {
  await make(c, 'admin', { title: w, status: 'publish' })
  return err(await rest(c, null, 'GET', `/posts?search=${w}&per_page=1&page=5`))
})
S('posts/per_page too large', async c => err(await rest(c, null, 'GET', '/posts?per_page=101')))
S('posts/an empty list', async (c, w) => {
  const r = await rest(c, null, 'GET', `/posts?search=${w}`)
  return { status: r.status, body: r.data, total: r.headers.get('x-wp-total'), pages: r.headers.get('x-wp-totalpages') }
})
S('posts/order and orderby', async (c, w) => {
  for (const t of ['b', 'c', 'a']) await make(c, 'admin', { title: `${t} ${w}`, status: 'publish' })
  return titles(await rest(c, null, 'GET', `/posts?search=${w}&orderby=title&order=asc`), [w])
})
S('posts/status=draft as nobody', async c => err(await rest(c, null, 'GET', '/posts?status=draft')))
S('posts/status=draft as an administrator', async (c, w) => {
  await make(c, 'admin', { title: `d ${w}` })
  await make(c, 'admin', { title: `p ${w}`, status: 'publish' })
  return titles(await rest(c, 'admin', 'GET', `/posts?search=${w}&status=draft`), [w])
})
S('posts/status=any as an administrator', async (c, w) => {
  await make(c, 'admin', { title: `d ${w}` })
  await make(c, 'admin', { title: `p ${w}`, status: 'publish' })
  return titles(await rest(c, 'admin', 'GET', `/posts?search=${w}&status=any&orderby=title&order=asc`), [w])
})
S('posts/slug', async (c, w) => {
  await make(c, 'admin', { title: w, status: 'publish', slug: `s-${w}` })
  return titles(await rest(c, null, 'GET', `/posts?slug=s-${w}`), [w])
})
S('posts/author', async (c, w) => {
  const p = await make(c, 'otto', { title: `o ${w}`, status: 'publish' })
  await make(c, 'admin', { title: `a ${w}`, status: 'publish' })
  return titles(await rest(c, null, 'GET', `/posts?search=${w}&author=${p.author}`), [w])
})
S('posts/categories', async (c, w) => {
  const k = await make(c, 'admin', { name: w }, '/categories')
  await make(c, 'admin', { title: `in ${w}`, status: 'publish', categories: [k.id] })
  await make(c, 'admin', { title: `out ${w}`, status: 'publish' })
  return titles(await rest(c, null, 'GET', `/posts?search=${w}&categories=${k.id}`), [w])
})
S('posts/after and before', async (c, w) => {
  for (const n of [1, 2, 3])
    await make(c, 'admin', { title: `${n} ${w}`, status: 'publish', date_gmt: `2021-01-0${n}T12:00:00` })
  return titles(await rest(c, null, 'GET', `/posts?search=${w}&after=2021-01-01T13:00:00&before=2021-01-03T00:00:00`), [
    w,
  ])
})
S('posts/_fields', async (c, w) => {
  await make(c, 'admin', { title: w, status: 'publish' })
  const r = await rest(c, null, 'GET', `/posts?search=${w}&_fields=id,title.rendered`)
  return tidy(r.data, c, [w])
})
S('posts/context=embed', async (c, w) => {
  await make(c, 'admin', { title: w, status: 'publish' })
  const r = await rest(c, null, 'GET', `/posts?search=${w}&context=embed`)
  return r.data?.[0] && Object.keys(r.data[0]).sort()
})
S('posts/_embed', async (c, w) => {
  const m = (await upload(c, 'admin', `${w}.png`)).data
  await make(c, 'admin', { title: w, status: 'publish', featured_media: m.id })
  const r = await rest(c, null, 'GET', `/posts?search=${w}&_embed`)
  const e = r.data?.[0]?._embedded ?? {}
  return {
    keys: Object.keys(e).sort(),
    author: e.author?.[0]?.name,
    image: tidy(e['wp:featuredmedia']?.[0]?.source_url, c, [w]),
    terms: e['wp:term']?.map(x => x.map(t => t.taxonomy)),
  }
})
S('posts/OPTIONS', async c => {
  const r = await rest(c, 'admin', 'OPTIONS', '/posts')
  return {
    status: r.status,
    namespace: r.data?.namespace,
    methods: r.data?.methods,
    title: r.data?.schema?.title,
    properties: Object.keys(r.data?.schema?.properties ?? {}).sort(),
    getArgs: Object.keys(r.data?.endpoints?.[0]?.args ?? {}).sort(),
  }
})

// --- posts: change and delete
S('post/update by POST', async (c, w) => {
  const p = await make(c, 'admin', { title: w })
  return post(
    c,
    await rest(c, 'admin', 'POST', `/posts/${p.id}`, { json: { title: `New ${w}` } }),
    [w],
    ['title', 'status'],
  )
})
S('post/publish a draft', async (c, w) => {
  const p = await make(c, 'admin', { title: w })
  return post(
    c,
    await rest(c, 'admin', 'POST', `/posts/${p.id}`, { json: { status: 'publish' } }),
    [w],
    ['status', 'slug', 'link'],
  )
})
S("post/an author updates another's", async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  return err(await rest(c, 'otto', 'POST', `/posts/${p.id}`, { json: { title: 'x' } }))
})
S("post/an editor updates another's", async (c, w) => {
  const p = await make(c, 'otto', { title: w, status: 'publish' })
  return post(c, await rest(c, 'edda', 'POST', `/posts/${p.id}`, { json: { title: `E ${w}` } }), [w], ['title'])
})
S('post/update an unknown one', async c =>
  err(await rest(c, 'admin', 'POST', '/posts/99999999', { json: { title: 'x' } })),
)
S('post/delete puts it into the trash', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  const d = await rest(c, 'admin', 'DELETE', `/posts/${p.id}`)
  const a = await rest(c, null, 'GET', `/posts/${p.id}`)
  return { d: post(c, d, [w], ['status', 'slug']), a: err(a) }
})
S('post/delete twice', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  await rest(c, 'admin', 'DELETE', `/posts/${p.id}`)
  return err(await rest(c, 'admin', 'DELETE', `/posts/${p.id}`))
})
S('post/delete for good', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  const d = await rest(c, 'admin', 'DELETE', `/posts/${p.id}?force=true`)
  const a = await rest(c, 'admin', 'GET', `/posts/${p.id}`)
  return {
    d: { status: d.status, deleted: d.data?.deleted, title: tidy(d.data?.previous?.title?.raw, c, [w]) },
    a: err(a),
  }
})
S('post/delete as nobody', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  return err(await rest(c, null, 'DELETE', `/posts/${p.id}`))
})

// --- pages
S('page/create below another', async (c, w) => {
  const a = await make(c, 'admin', { title: `A ${w}`, status: 'publish' }, '/pages')
  const r = await rest(c, 'admin', 'POST', '/pages', {
    json: { title: `B ${w}`, status: 'publish', parent: a.id, menu_order: 3 },
  })
  return { ...post(c, r, [w], ['type', 'menu_order', 'parent', 'link', 'slug']), keys: keysOf(r) }
})
S('page/create as an author', async (c, w) => err(await rest(c, 'otto', 'POST', '/pages', { json: { title: w } })))
S('pages/list', async (c, w) => {
  await make(c, 'admin', { title: `p ${w}`, status: 'publish' }, '/pages')
  await make(c, 'admin', { title: `q ${w}`, status: 'publish' })
  return titles(await rest(c, null, 'GET', `/pages?search=${w}`), [w])
})

// --- media
S('media/upload raw bytes', async (c, w) => {
  const r = await upload(c, 'admin', `${w}.png`)
  return {
    ...post(c, r, [w], MEDIA),
    width: r.data?.media_details?.width,
    height: r.data?.media_details?.height,
    location: r.headers.get('location') === `${c.env.base}${V2}/media/${r.data?.id}`,
  }
})
S('media/its bytes come back', async (c, w) => {
  const r = await upload(c, 'admin', `${w}.png`)
  const g = await fetch(r.data.source_url)
  return { status: g.status, type: g.headers.get('content-type'), same: Buffer.from(await g.arrayBuffer()).equals(PNG) }
})
S('media/upload multipart', async (c, w) => {
  const f = new FormData()
  f.set('file', new Blob([PNG], { type: 'image/png' }), `${w}.png`)
  f.set('title', `M ${w}`)
  f.set('alt_text', 'alt')
  const r = await rest(c, 'admin', 'POST', '/media', { body: f })
  return post(c, r, [w], ['title', 'alt_text', 'mime_type', 'source_url'])
})
S('media/upload without a name', async c =>
  err(await rest(c, 'admin', 'POST', '/media', { headers: { 'content-type': 'image/png' }, body: PNG })),
)
S('media/upload without bytes', async c => err(await rest(c, 'admin', 'POST', '/media', {})))
S('media/upload a program', async (c, w) =>
  err(await upload(c, 'otto', `${w}.php`, Buffer.from('<?php echo 1;'), 'application/x-php')),
)
S('media/upload as nobody', async (c, w) => err(await upload(c, null, `${w}.png`)))
S('media/change words', async (c, w) => {
  const m = (await upload(c, 'admin', `${w}.png`)).data
  return post(
    c,
    await rest(c, 'admin', 'POST', `/media/${m.id}`, {
      json: { title: `N ${w}`, alt_text: 'A', caption: 'C', description: 'D' },
    }),
    [w],
    ['title', 'alt_text', 'caption'],
  )
})
S('media/delete needs force', async (c, w) => {
  const m = (await upload(c, 'admin', `${w}.png`)).data
  const a = err(await rest(c, 'admin', 'DELETE', `/media/${m.id}`))
  const b = await rest(c, 'admin', 'DELETE', `/media/${m.id}?force=1`)
  return { a, b: { status: b.status, deleted: b.data?.deleted }, gone: (await fetch(m.source_url)).status }
})
S('media/list', async (c, w) => {
  await upload(c, 'admin', `${w}.png`)
  const r = await rest(c, null, 'GET', `/media?search=${w}&media_type=image`)
  return { total: r.headers.get('x-wp-total'), titles: titles(r, [w]) }
})
S('media/as the featured image of a post', async (c, w) => {
  const m = (await upload(c, 'admin', `${w}.png`)).data
  const p = await make(c, 'admin', { title: w, featured_media: m.id })
  return p.featured_media === m.id
})

// --- categories and tags
S('term/create', async (c, w) => {
  const r = await rest(c, 'admin', 'POST', '/categories', { json: { name: `Cat ${w}`, description: 'about' } })
  return {
    status: r.status,
    keys: keysOf(r),
    ...tidy(
      {
        name: r.data?.name,
        slug: r.data?.slug,
        count: r.data?.count,
        taxonomy: r.data?.taxonomy,
        description: r.data?.description,
        link: r.data?.link,
      },
      c,
      [w],
    ),
  }
})
S('term/create the same again', async (c, w) => {
  const a = await make(c, 'admin', { name: w }, '/categories')
  const r = await rest(c, 'admin', 'POST', '/categories', { json: { name: w } })
  return { ...err(r), same: r.data?.data?.term_id === a.id }
})
S('term/create as an author', async (c, w) => [
  err(await rest(c, 'otto', 'POST', '/categories', { json: { name: w } })),
  err(await rest(c, 'otto', 'POST', '/tags', { json: { name: w } })),
])
S('terms/list', async (c, w) => {
  await make(c, 'admin', { name: `b ${w}` }, '/tags')
  await make(c, 'admin', { name: `a ${w}` }, '/tags')
  const r = await rest(c, null, 'GET', `/tags?search=${w}`)
  return { titles: titles(r, [w]), total: r.headers.get('x-wp-total') }
})
S('terms/list of a post', async (c, w) => {
  const t = await make(c, 'admin', { name: w }, '/tags')
  const p = await make(c, 'admin', { title: w, status: 'publish', tags: [t.id] })
  const r = await rest(c, null, 'GET', `/tags?post=${p.id}`)
  return { titles: titles(r, [w]), count: r.data?.[0]?.count }
})
S('term/below another', async (c, w) => {
  const a = await make(c, 'admin', { name: `A ${w}` }, '/categories')
  const b = await make(c, 'admin', { name: `B ${w}`, parent: a.id }, '/categories')
  return {
    ok: b.parent === a.id,
    link: tidy(b.link, c, [w]),
    list: titles(await rest(c, null, 'GET', `/categories?parent=${a.id}`), [w]),
  }
})
S('term/change', async (c, w) => {
  const a = await make(c, 'admin', { name: w }, '/categories')
  const r = await rest(c, 'admin', 'POST', `/categories/${a.id}`, { json: { name: `N ${w}` } })
  return { status: r.status, name: tidy(r.data?.name, c, [w]) }
})
S('term/delete needs force', async (c, w) => {
  const a = await make(c, 'admin', { name: w }, '/categories')
  const x = err(await rest(c, 'admin', 'DELETE', `/categories/${a.id}`))
  const y = await rest(c, 'admin', 'DELETE', `/categories/${a.id}?force=true`)
  return {
    x,
    y: { status: y.status, deleted: y.data?.deleted },
    z: err(await rest(c, null, 'GET', `/categories/${a.id}`)),
  }
})

// --- what clients ask of the site
S('types', async c => {
  const r = await rest(c, null, 'GET', '/types')
  return ['post', 'page', 'attachment'].map(
    t =>
      r.data?.[t] && {
        slug: r.data[t].slug,
        rest_base: r.data[t].rest_base,
        rest_namespace: r.data[t].rest_namespace,
        hierarchical: r.data[t].hierarchical,
        taxonomies: r.data[t].taxonomies,
        name: r.data[t].name,
      },
  )
})
S('type/post, context=edit', async c => {
  const r = await rest(c, 'admin', 'GET', '/types/post?context=edit')
  return {
    status: r.status,
    slug: r.data?.slug,
    supports: ['title', 'editor', 'author', 'thumbnail', 'excerpt'].map(k => [k, r.data?.supports?.[k]]),
    viewable: r.data?.viewable,
  }
})
S('taxonomies', async c => {
  const r = await rest(c, null, 'GET', '/taxonomies')
  return ['category', 'post_tag'].map(
    t =>
      r.data?.[t] && {
        slug: r.data[t].slug,
        rest_base: r.data[t].rest_base,
        hierarchical: r.data[t].hierarchical,
        types: r.data[t].types,
        name: r.data[t].name,
      },
  )
})
S('settings of an administrator', async c => {
  const r = await rest(c, 'admin', 'GET', '/settings')
  return {
    status: r.status,
    has: [
      'title',
      'description',
      'url',
      'email',
      'timezone',
      'date_format',
      'time_format',
      'start_of_week',
      'language',
      'posts_per_page',
      'default_category',
    ].map(k => [k, typeof r.data?.[k]]),
  }
})
S('settings of an author', async c => err(await rest(c, 'otto', 'GET', '/settings')))
S('users/those who have published', async (c, w) => {
  await make(c, 'otto', { title: w, status: 'publish' })
  const r = await rest(c, 'admin', 'GET', '/users?per_page=100')
  const o = r.data?.find(u => u.slug === 'otto')
  return { status: r.status, found: !!o, keys: o && Object.keys(o).sort() }
})
S('home/RSD link', async c => {
  const r = await c.anon.send('GET', '/')
  const l = /<link[^>]*rel="EditURI"[^>]*>/.exec(r.text)?.[0] ?? ''
  return { type: /type="([^"]*)"/.exec(l)?.[1], href: /href="([^"]*)"/.exec(l)?.[1]?.replace(c.env.base, '<site>') }
})
S('RSD', async c => {
  const r = await c.anon.send('GET', '/xmlrpc.php?rsd')
  return {
    status: r.status,
    type: r.headers.get('content-type')?.toLowerCase(),
    engine: /<engineName>([^<]*)/.exec(r.text)?.[1],
    apis: [...r.text.matchAll(/<api name="([^"]*)" blogID="(\d+)" preferred="(\w+)" apiLink="([^"]*)"/g)].map(m => [
      m[1],
      m[3],
      m[4].replace(c.env.base, '<site>'),
    ]),
  }
})
S('feed/of what was published', async (c, w) => {
  await make(c, 'admin', { title: `F ${w}`, content: '<p>x</p>', status: 'publish' })
  const r = await c.anon.send('GET', '/feed/')
  return { status: r.status, type: r.headers.get('content-type')?.split(';')[0], has: r.text.includes(`F ${w}`) }
})

// --- XML-RPC
const esc = s => String(s).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
export class When {
  constructor(iso) {
    this.iso = iso
  }
}
export class Bytes {
  constructor(b) {
    this.b = b
  }
}
export const xv = v =>
  v === null
    ? '<nil/>'
    : typeof v === 'boolean'
      ? `<boolean>${v ? 1 : 0}</boolean>`
      : typeof v === 'number'
        ? Number.isInteger(v)
          ? `<int>${v}</int>`
          : `<double>${v}</double>`
        : v instanceof When
          ? `<dateTime.iso8601>${v.iso}</dateTime.iso8601>`
          : v instanceof Bytes
            ? `<base64>${v.b.toString('base64')}</base64>`
            : Array.isArray(v)
              ? `<array><data>${v.map(x => `<value>${xv(x)}</value>`).join('')}</data></array>`
              : typeof v === 'object'
                ? `<struct>${Object.entries(v)
                    .map(([k, x]) => `<member><name>${esc(k)}</name><value>${xv(x)}</value></member>`)
                    .join('')}</struct>`
                : `<string>${esc(v)}</string>`
export const xcall = (m, params) =>
  `<?xml version="1.0"?>\n<methodCall><methodName>${m}</methodName><params>${params.map(p => `<param><value>${xv(p)}</value></param>`).join('')}</params></methodCall>`
const unesc = s =>
  s.replace(
    /&(#x?[\da-f]+|\w+);/gi,
    (_, e) =>
      ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[e] ??
      String.fromCodePoint(e[1] === 'x' ? Number.parseInt(e.slice(2), 16) : Number(e.slice(1))),
  )
/** A small XML-RPC reader: enough for well-formed answers. Dates come as { $date }. */
export function xread(xml) {
  const tokens = [...xml.replace(/<\?xml[^>]*\?>/, '').matchAll(/<(\/?)([\w.]+)\s*(\/?)>|([^<]+)/g)]
  let i = 0
  const peek = () => tokens[i]
  const skip = () => {
    while (tokens[i]?.[4] !== undefined && !tokens[i][4].trim()) i++
  }
  const open = n => {
    skip()
    const t = tokens[i++]
    if (t?.[2] !== n || t[1]) throw new Error(`expected <${n}>, found ${t?.[0]}`)
    return t[3] === '/'
  }
  const close = n => {
    skip()
    const t = tokens[i++]
    if (t?.[2] !== n || !t[1]) throw new Error(`expected </${n}>, found ${t?.[0]}`)
  }
  const text = n => {
    let s = ''
    while (peek()?.[4] !== undefined) s += tokens[i++][4]
    close(n)
    return unesc(s)
  }
  function value() {
    if (open('value')) return ''
    let lead = ''
    while (peek()?.[4] !== undefined) lead += tokens[i++][4]
    const t = peek()
    if (t[1] && t[2] === 'value') {
      i++
      return unesc(lead)
    }
    i++
    let v
    const n = t[2]
    if (t[3]) v = n === 'nil' ? null : n === 'string' ? '' : undefined
    else if (n === 'int' || n === 'i4') v = Number(text(n))
    else if (n === 'double') v = Number(text(n))
    else if (n === 'boolean') v = text(n).trim() === '1'
    else if (n === 'string') v = text(n)
    else if (n === 'dateTime.iso8601') v = { $date: text(n) }
    else if (n === 'base64') v = { $bytes: text(n).length }
    else if (n === 'array') {
      v = []
      if (!open('data')) {
        skip()
        while (!(peek()[1] && peek()[2] === 'data')) {
          v.push(value())
          skip()
        }
        close('data')
      }
      close('array')
    } else if (n === 'struct') {
      v = {}
      skip()
      while (!(peek()[1] && peek()[2] === 'struct')) {
        open('member')
        open('name')
        const k = text('name')
        v[k] = value()
        close('member')
        skip()
      }
      close('struct')
    } else throw new Error(`unknown type ${n}`)
    close('value')
    return v
  }
  open('methodResponse')
  skip()
  const k = peek()[2]
  if (k === 'fault') {
    open('fault')
    return { fault: value() }
  }
  open('params')
  open('param')
  return { value: value() }
}
export async function rpc(c, method, params, raw) {
  const r = await c.anon.send('POST', '/xmlrpc.php', {
    headers: { 'content-type': 'text/xml' },
    body: raw ?? xcall(method, params),
    cookies: false,
  })
  try {
    return { status: r.status, type: r.headers.get('content-type')?.split(';')[0], ...xread(r.text) }
  } catch (e) {
    return {
      status: r.status,
      type: r.headers.get('content-type')?.split(';')[0],
      unreadable: String(e.message).slice(0, 80),
    }
  }
}
/** Shapes: a number's or date's kind, a text as it is but for ids and words. */
export function shape(v, c, words = [], key = '') {
  if (Array.isArray(v)) return v.map(x => shape(x, c, words, key))
  if (v && typeof v === 'object') {
    if ('$date' in v) return /^\d{8}T\d\d:\d\d:\d\d$/.test(v.$date) ? '<date>' : `odd date ${v.$date}`
    if ('$bytes' in v) return '<bytes>'
    return Object.fromEntries(
      Object.keys(v)
        .sort()
        .map(k => [k, shape(v[k], c, words, k)]),
    )
  }
  if (typeof v === 'string' && /id$/i.test(key) && /^\d+$/.test(v)) return '<id as text>'
  if (typeof v === 'number' && /id$/i.test(key)) return '<id as number>'
  if (key === 'count') return typeof v
  return typeof v === 'string' ? tidy(v, c, words) : v
}
export const faultOf = r => ({ status: r.status, fault: r.fault?.faultCode ?? null })
const X = (id, fn) => xmlRpcScenarios.push({ id: `xmlrpc/${id}`, fn: c => fn(c, word()) })
export const who = async (c, login = 'admin') => [login, await pass(c, login)]

X('metaWeblog.newPost, as IFTTT sends it', async (c, w) => {
  const r = await rpc(c, 'metaWeblog.newPost', [
    '',
    ...(await who(c)),
    {
      title: `IFTTT ${w}`,
      description: `<p>Hi ${w}</p>`,
      categories: ['Uncategorized'],
      mt_keywords: [`a${w}`, `b${w}`],
      post_status: 'publish',
    },
    true,
  ])
  const g = await rest(c, 'admin', 'GET', `/posts/${r.value}?context=edit`)
  return {
    id: typeof r.value,
    status: g.data?.status,
    title: tidy(g.data?.title?.raw, c, [w]),
    content: tidy(g.data?.content?.raw, c, [w]),
    tags: g.data?.tags?.length,
  }
})
X('metaWeblog.newPost, draft', async (c, w) => {
  const r = await rpc(c, 'metaWeblog.newPost', [1, ...(await who(c)), { title: w, description: 'x' }, false])
  return { type: r.type, status: (await rest(c, 'admin', 'GET', `/posts/${r.value}?context=edit`)).data?.status }
})
X('metaWeblog.newPost, a wrong password', async (c, w) =>
  faultOf(await rpc(c, 'metaWeblog.newPost', [1, 'admin', 'nope', { title: w, description: 'x' }, true])),
)
X('metaWeblog.newPost, a subscriber', async (c, w) =>
  faultOf(await rpc(c, 'metaWeblog.newPost', [1, ...(await who(c, 'sam')), { title: w, description: 'x' }, true])),
)
X('metaWeblog.newPost, the account password', async (c, w) =>
  faultOf(await rpc(c, 'metaWeblog.newPost', [1, 'nobody-here', 'password', { title: w, description: 'x' }, true])),
)
X('metaWeblog.getPost', async (c, w) => {
  const p = await make(c, 'admin', { title: w, content: '<p>x</p>', status: 'publish' })
  const r = await rpc(c, 'metaWeblog.getPost', [String(p.id), ...(await who(c))])
  return shape(r.value, c, [w])
})
X('metaWeblog.getPost, unknown', async c => faultOf(await rpc(c, 'metaWeblog.getPost', [99999999, ...(await who(c))])))
X('metaWeblog.editPost', async (c, w) => {
  const p = await make(c, 'admin', { title: w, content: 'x', status: 'publish' })
  const r = await rpc(c, 'metaWeblog.editPost', [p.id, ...(await who(c)), { title: `E ${w}`, description: 'y' }, true])
  const g = await rest(c, 'admin', 'GET', `/posts/${p.id}?context=edit`)
  return { value: r.value, title: tidy(g.data?.title?.raw, c, [w]), content: g.data?.content?.raw }
})
X('metaWeblog.getRecentPosts', async (c, w) => {
  await make(c, 'admin', { title: w, status: 'publish' })
  const r = await rpc(c, 'metaWeblog.getRecentPosts', [1, ...(await who(c)), 3])
  return {
    n: r.value?.length,
    keys: r.value?.[0] && Object.keys(r.value[0]).sort(),
    found: r.value?.some(p => p.title === w),
  }
})
X('metaWeblog.getCategories', async (c, w) => {
  await make(c, 'admin', { name: w }, '/categories')
  const r = await rpc(c, 'metaWeblog.getCategories', [1, ...(await who(c))])
  return shape(
    r.value?.find(k => k.categoryName === w),
    c,
    [w],
  )
})
X('metaWeblog.newMediaObject', async (c, w) => {
  const r = await rpc(c, 'metaWeblog.newMediaObject', [
    1,
    ...(await who(c)),
    { name: `${w}.png`, type: 'image/png', bits: new Bytes(PNG) },
  ])
  const g = r.value?.url ? await fetch(r.value.url) : null
  return {
    ...shape({ file: r.value?.file, url: r.value?.url, type: r.value?.type, id: r.value?.id }, c, [w]),
    same: g && Buffer.from(await g.arrayBuffer()).equals(PNG),
  }
})
X('blogger.deletePost', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  const r = await rpc(c, 'blogger.deletePost', ['key', p.id, ...(await who(c)), true])
  return { value: r.value, status: (await rest(c, 'admin', 'GET', `/posts/${p.id}?context=edit`)).data?.status }
})
X('mt.supportedMethods', async c => {
  const r = await rpc(c, 'mt.supportedMethods', [])
  return [
    'metaWeblog.newPost',
    'metaWeblog.getRecentPosts',
    'wp.newPost',
    'wp.getPosts',
    'mt.setPostCategories',
    'blogger.deletePost',
  ].map(m => [m, r.value?.includes(m)])
})
X('mt.setPostCategories and getPostCategories', async (c, w) => {
  const k = await make(c, 'admin', { name: w }, '/categories')
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  const a = await rpc(c, 'mt.setPostCategories', [p.id, ...(await who(c)), [{ categoryId: k.id }]])
  const b = await rpc(c, 'mt.getPostCategories', [p.id, ...(await who(c))])
  return { a: a.value, b: shape(b.value, c, [w]) }
})
X('wp.newPost with terms', async (c, w) => {
  const k = await make(c, 'admin', { name: w }, '/categories')
  const r = await rpc(c, 'wp.newPost', [
    1,
    ...(await who(c)),
    {
      post_type: 'post',
      post_status: 'publish',
      post_title: `W ${w}`,
      post_content: `<p>${w}</p>`,
      post_excerpt: 'e',
      terms: { category: [k.id] },
      terms_names: { post_tag: [`t${w}`] },
    },
  ])
  const g = await rest(c, 'admin', 'GET', `/posts/${r.value}?context=edit`)
  return {
    value: typeof r.value,
    status: g.data?.status,
    title: tidy(g.data?.title?.raw, c, [w]),
    category: g.data?.categories?.includes(k.id),
    tags: g.data?.tags?.length,
  }
})
X('wp.newPost, a page', async (c, w) => {
  const r = await rpc(c, 'wp.newPost', [
    1,
    ...(await who(c)),
    { post_type: 'page', post_title: w, post_status: 'draft' },
  ])
  return (await rest(c, 'admin', 'GET', `/pages/${r.value}?context=edit`)).data?.type
})
X('wp.getPost', async (c, w) => {
  const p = await make(c, 'admin', { title: w, content: '<p>x</p>', status: 'publish' })
  return shape((await rpc(c, 'wp.getPost', [1, ...(await who(c)), p.id])).value, c, [w])
})
X('wp.getPosts', async (c, w) => {
  await make(c, 'admin', { title: w, status: 'publish' })
  const r = await rpc(c, 'wp.getPosts', [
    1,
    ...(await who(c)),
    { number: 3, post_type: 'post', post_status: 'publish' },
    ['post_id', 'post_title', 'post_date_gmt', 'link'],
  ])
  return {
    n: r.value?.length,
    it: shape(
      r.value?.find(p => p.post_title === w),
      c,
      [w],
    ),
  }
})
X('wp.editPost', async (c, w) => {
  const p = await make(c, 'admin', { title: w, content: 'x' })
  const r = await rpc(c, 'wp.editPost', [1, ...(await who(c)), p.id, { post_title: `E ${w}`, post_status: 'publish' }])
  const g = await rest(c, 'admin', 'GET', `/posts/${p.id}?context=edit`)
  return {
    value: r.value,
    title: tidy(g.data?.title?.raw, c, [w]),
    status: g.data?.status,
    content: g.data?.content?.raw,
  }
})
X('wp.deletePost', async (c, w) => {
  const p = await make(c, 'admin', { title: w, status: 'publish' })
  const r = await rpc(c, 'wp.deletePost', [1, ...(await who(c)), p.id])
  return { value: r.value, status: (await rest(c, 'admin', 'GET', `/posts/${p.id}?context=edit`)).data?.status }
})
X('wp.newTerm', async (c, w) => {
  const r = await rpc(c, 'wp.newTerm', [1, ...(await who(c)), { name: w, taxonomy: 'post_tag' }])
  return { value: typeof r.value, name: tidy((await rest(c, null, 'GET', `/tags/${r.value}`)).data?.name, c, [w]) }
})
X('wp.getCategories', async (c, w) => {
  await make(c, 'admin', { name: w }, '/categories')
  return shape(
    (await rpc(c, 'wp.getCategories', [1, ...(await who(c))])).value?.find(k => k.categoryName === w),
    c,
    [w],
  )
})
X('wp.getTags', async (c, w) => {
  await make(c, 'admin', { name: w }, '/tags')
  return shape(
    (await rpc(c, 'wp.getTags', [1, ...(await who(c))])).value?.find(t => t.name === w),
    c,
    [w],
  )
})
X('wp.uploadFile', async (c, w) => {
  const r = await rpc(c, 'wp.uploadFile', [
    1,
    ...(await who(c)),
    { name: `${w}.png`, type: 'image/png', bits: new Bytes(PNG), overwrite: false },
  ])
  return shape({ file: r.value?.file, url: r.value?.url, type: r.value?.type, id: r.value?.id }, c, [w])
})
X('wp.getMediaLibrary', async (c, w) => {
  await upload(c, 'admin', `${w}.png`)
  const r = await rpc(c, 'wp.getMediaLibrary', [1, ...(await who(c)), { number: 5 }])
  return { n: r.value?.length > 0, found: r.value?.some(m => m.title === w || m.title === `${w}.png`) }
})
X('wp.getOptions', async c => {
  const r = await rpc(c, 'wp.getOptions', [1, ...(await who(c))])
  return [
    'software_name',
    'software_version',
    'blog_url',
    'home_url',
    'blog_title',
    'time_zone',
    'date_format',
    'users_can_register',
    'default_category',
    'post_thumbnail',
  ].map(k => [k, r.value?.[k] && Object.keys(r.value[k]).sort()])
})
X('wp.getOptions, some', async c => {
  const r = await rpc(c, 'wp.getOptions', [1, ...(await who(c)), ['blog_url', 'blog_title']])
  return shape(r.value, c)
})
X('wp.getPostFormats', async c => {
  const r = await rpc(c, 'wp.getPostFormats', [1, ...(await who(c))])
  return r.value?.standard
})
X('wp.getPostTypes', async c => {
  const r = await rpc(c, 'wp.getPostTypes', [1, ...(await who(c))])
  return ['post', 'page'].map(
    t => r.value?.[t] && { name: r.value[t].name, hierarchical: r.value[t].hierarchical, public: r.value[t].public },
  )
})
X('wp.getTaxonomies', async c => {
  const r = await rpc(c, 'wp.getTaxonomies', [1, ...(await who(c))])
  return r.value
    ?.filter(t => ['category', 'post_tag'].includes(t.name))
    .map(t => ({ name: t.name, label: t.label, hierarchical: t.hierarchical }))
})
X('wp.getAuthors', async c =>
  shape(
    (await rpc(c, 'wp.getAuthors', [1, ...(await who(c))])).value?.find(u => u.user_login === 'admin'),
    c,
  ),
)
X('wp.newPage', async (c, w) => {
  const r = await rpc(c, 'wp.newPage', [1, ...(await who(c)), { title: w, description: 'x' }, true])
  const g = await rest(c, 'admin', 'GET', `/pages/${r.value}?context=edit`)
  return { type: g.data?.type, status: g.data?.status }
})
X('system.multicall', async c => {
  const r = await rpc(c, 'system.multicall', [
    [
      { methodName: 'wp.getUsersBlogs', params: await who(c) },
      { methodName: 'wp.getUsersBlogs', params: ['admin', 'nope'] },
      { methodName: 'no.such', params: [] },
    ],
  ])
  return r.value?.map(x => (Array.isArray(x) ? 'answer' : x.faultCode))
})
X('demo.sayHello', async c => (await rpc(c, 'demo.sayHello', [])).value)
X('an entity from a file', async c => {
  const r = await rpc(
    c,
    '',
    [],
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><methodCall><methodName>demo.sayHello</methodName><params><param><value><string>&e;</string></value></param></params></methodCall>',
  )
  return { status: r.status, leaked: JSON.stringify(r).includes('root:') }
})
X('values without a type are text', async c => {
  const r = await rpc(
    c,
    '',
    [],
    '<?xml version="1.0"?><methodCall><methodName>demo.addTwoNumbers</methodName><params><param><value><i4>2</i4></value></param><param><value><int>3</int></value></param></params></methodCall>',
  )
  return r.value
})
