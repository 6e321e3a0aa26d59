import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import { limits } from '../../src/content-rest/uploads/store-file.ts'
import { type ContentSite, startContentSite, V2 } from '../support/content.ts'
import { folderWith } from '../support/folder.ts'

/** An image of 4 by 3 pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAEklEQVR4nGP4z8AARwzEcQDfMQ/x42PNVwAAAABJRU5ErkJggg==',
  'base64',
)

interface MediaSite extends ContentSite {
  upload(
    login: string | null,
    name: string,
    bytes: Buffer | string,
    headers?: Record<string, string>,
  ): Promise<Response>
  /** The names of all files in the folder for uploads. */
  files(): Promise<string[]>
}

async function startMediaSite(t: ExecutionContext): Promise<MediaSite> {
  const folder = await folderWith(t, {})
  const site = await startContentSite(t, { UPLOADS: folder })
  return {
    ...site,
    async upload(login, name, bytes, headers = {}) {
      const own = login === null ? {} : await site.headersOf(login)
      const disposition = { 'content-disposition': `attachment; filename="${name}"` }
      const body = typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
      return fetch(`${site.url}${V2}/media`, { method: 'POST', headers: { ...own, ...disposition, ...headers }, body })
    },
    async files() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      return entries.filter(entry => entry.isFile()).map(({ name }) => name)
    },
  }
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

test('an image is uploaded, served, described, and deleted with its file', async t => {
  const { as, upload, files } = await startMediaSite(t)
  const response = await upload('otto', 'Urlaub (1).PNG', PNG)
  t.is(response.status, 201)
  const media = (await response.json()) as { id: number; source_url: string; media_details: object }
  t.like(media, { title: { raw: 'Urlaub (1)' }, mime_type: 'image/png', media_details: { width: 4, height: 3 } })
  t.regex(media.source_url, /\/wp-content\/uploads\/\d{4}\/\d{2}\/Urlaub-1\.png$/)

  const served = await fetch(media.source_url)
  t.true(Buffer.from(await served.arrayBuffer()).equals(PNG))
  t.is(served.headers.get('content-type'), 'image/png')
  t.is(served.headers.get('x-content-type-options'), 'nosniff')
  t.regex(served.headers.get('content-security-policy') ?? '', /^sandbox/)

  t.like((await as('otto', 'POST', `/media/${media.id}`, { json: { alt_text: 'A beach' } })).json, {
    alt_text: 'A beach',
  })
  t.is((await as('cora', 'DELETE', `/media/${media.id}?force=true`)).json.code, 'rest_cannot_delete')
  t.is((await as('otto', 'DELETE', `/media/${media.id}?force=true`)).json.deleted, true)
  t.is((await fetch(media.source_url)).status, 404)
  t.deepEqual(await files(), [])
})

test('a form has the file, and the words about it before or after', async t => {
  const { url, headersOf } = await startMediaSite(t)
  const form = new FormData()
  form.set('title', 'Before')
  form.set('file', new Blob([PNG], { type: 'text/html' }), 'ünïcode 日本.png')
  form.set('alt_text', 'After')
  const response = await fetch(`${url}${V2}/media`, { method: 'POST', headers: await headersOf('otto'), body: form })
  const media = (await response.json()) as { source_url: string }
  t.is(response.status, 201, JSON.stringify(media))
  t.like(media, { title: { raw: 'Before' }, alt_text: 'After', mime_type: 'image/png' })
  t.regex(media.source_url, /\/unicode\.png$/)
})

test('names come in every form of the header', async t => {
  const { upload } = await startMediaSite(t)
  for (const [disposition, title] of [
    ['attachment; filename="a b.png"', 'a b'],
    ['attachment; filename=plain.png', 'plain'],
    [`attachment; filename="x.png"; filename*=UTF-8''Stra%C3%9Fe.png`, 'Straße'],
    ['attachment; filename="../../etc/passwd.png"', 'passwd'],
    ['attachment; filename="C:\\\\Users\\\\me\\\\photo.png"', 'photo'],
  ] as const) {
    const response = await upload('otto', '', PNG, { 'content-disposition': disposition })
    const media = (await response.json()) as { title: { raw: string }; source_url: string }
    t.is(response.status, 201, disposition)
    t.true(media.title.raw.endsWith(title), media.title.raw)
    t.notRegex(new URL(media.source_url).pathname.slice('/wp-content/uploads/'.length), /\.\.|etc|%/)
  }
})

test('what may not be uploaded is refused with a code, and no file and no row stay', async t => {
  const { as, upload, files } = await startMediaSite(t)
  const cases: [string, string, Buffer | string, Record<string, string>][] = [
    ['rest_upload_sideload_error', 'x.php', '<?php echo 1;', {}],
    ['rest_upload_sideload_error', 'x.html', '<script>alert(1)</script>', {}],
    ['rest_upload_sideload_error', 'x.svg', '<svg onload="alert(1)"/>', {}],
    ['rest_upload_sideload_error', 'x.png', '<script>alert(1)</script>', { 'content-type': 'image/png' }],
    ['rest_upload_sideload_error', 'x.jpg', PNG, {}],
    ['rest_upload_sideload_error', 'x.png.php', PNG, {}],
    ['rest_upload_sideload_error', 'x.txt', '<html>', {}],
    ['rest_upload_sideload_error', 'x.txt', Buffer.from([0x61, 0, 0x62]), {}],
    ['rest_upload_sideload_error', 'x', PNG, {}],
    ['rest_upload_no_data', 'x.png', '', {}],
    ['rest_upload_invalid_disposition', 'x.png', PNG, { 'content-disposition': 'attachment' }],
    ['rest_upload_no_content_disposition', 'x.png', PNG, { 'content-disposition': ' ' }],
    ['rest_upload_hash_mismatch', 'x.png', PNG, { 'content-md5': '0'.repeat(32) }],
  ]
  for (const [code, name, bytes, headers] of cases) {
    const response = await upload('otto', name, bytes, headers)
    t.is(await codeOf(response), code, name)
    t.true(response.status < 500)
  }
  t.deepEqual(await files(), [])
  t.is((await as('admin', 'GET', '/media')).headers.get('x-wp-total'), '0')
  for (const login of [null, 'sam', 'cora']) t.is(await codeOf(await upload(login, 'x.png', PNG)), 'rest_cannot_create')
})

test('a right Content-MD5 is accepted, in hexadecimal and in base64', async t => {
  const { upload } = await startMediaSite(t)
  for (const encoding of ['hex', 'base64'] as const) {
    const md5 = createHash('md5').update(PNG).digest(encoding)
    t.is((await upload('otto', 'x.png', PNG, { 'content-md5': md5 })).status, 201)
  }
})

test('two files of one name are kept apart', async t => {
  const { upload, files } = await startMediaSite(t)
  const all = await Promise.all(Array.from({ length: 5 }, () => upload('otto', 'x.png', PNG)))
  t.deepEqual(
    all.map(({ status }) => status),
    [201, 201, 201, 201, 201],
  )
  t.deepEqual((await files()).sort(), ['x-1.png', 'x-2.png', 'x-3.png', 'x-4.png', 'x.png'])
})

/** Sends a part of an upload, and leaves the rest out. */
async function begin({ url, headersOf }: MediaSite, headers: Record<string, string>, bytes: Buffer) {
  const sent = request(`${url}${V2}/media`, { method: 'POST', headers: { ...(await headersOf('otto')), ...headers } })
  sent.on('error', () => {})
  sent.write(bytes)
  return sent
}

const PNG_HEADERS = { 'content-disposition': 'attachment; filename="x.png"', 'content-length': '100000' }

test('an upload that breaks off leaves no file and no row', async t => {
  const site = await startMediaSite(t)
  const sent = await begin(site, PNG_HEADERS, Buffer.concat([PNG, Buffer.alloc(50_000)]))
  while ((await site.files()).length === 0) await new Promise(resolve => setImmediate(resolve))
  sent.destroy()
  while ((await site.files()).length > 0) await new Promise(resolve => setImmediate(resolve))
  t.is((await site.as('admin', 'GET', '/media')).headers.get('x-wp-total'), '0')
})

test.serial('an upload that goes silent ends with 408, and leaves nothing', async t => {
  const site = await startMediaSite(t)
  const before = limits.silenceMs
  limits.silenceMs = 50
  t.teardown(() => {
    limits.silenceMs = before
  })
  const sent = await begin(site, PNG_HEADERS, PNG)
  const [response] = await once(sent, 'response')
  t.is(response.statusCode, 408)
  t.deepEqual(await site.files(), [])
})

test('hostile paths below the folder for uploads are not found', async t => {
  const { url } = await startMediaSite(t)
  for (const path of [
    '/../../package.json',
    '/%2e%2e/x.png',
    '/2026/01/..%2f..%2fx.png',
    '/2026/01/.x.png',
    '/2026/01/',
    '/2026/01/x%00.png',
    '/2026/01/x.php',
  ])
    t.is((await fetch(`${url}/wp-content/uploads${path}`)).status, 404, path)
})

test('ranges and conditions: players and caches get what they ask for', async t => {
  const { upload } = await startMediaSite(t)
  const { source_url: file } = (await (await upload('otto', 'x.png', PNG)).json()) as { source_url: string }
  const part = await fetch(file, { headers: { range: 'bytes=1-3' } })
  t.is(part.status, 206)
  t.is(await part.text(), 'PNG')
  t.is(part.headers.get('content-range'), `bytes 1-3/${PNG.length}`)
  t.is((await fetch(file, { headers: { range: `bytes=${PNG.length}-` } })).status, 416)
  t.is((await (await fetch(file, { headers: { range: 'bytes=-2' } })).arrayBuffer()).byteLength, 2)
  const etag = part.headers.get('etag') ?? ''
  t.is((await fetch(file, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status, 304)
  const head = await fetch(file, { method: 'HEAD' })
  t.is(head.headers.get('content-length'), String(PNG.length))
})

test('a file of a draft is as private as the draft', async t => {
  const { as, upload } = await startMediaSite(t)
  const { json: draft } = await as('admin', 'POST', '/posts', { json: { title: 'Draft' } })
  const { id } = (await (await upload('admin', 'x.png', PNG)).json()) as { id: number }
  t.is((await as(null, 'GET', `/media/${id}`)).status, 200)
  await as('admin', 'POST', `/media/${id}`, { json: { post: draft.id } })
  for (const login of [null, 'sam', 'otto']) {
    t.is((await as(login, 'GET', `/media/${id}`)).json.code, 'rest_forbidden', String(login))
    t.deepEqual((await as(login, 'GET', '/media')).json, [])
  }
  t.is((await as('admin', 'GET', '/media')).json.length, 1)
  await as('admin', 'POST', `/posts/${draft.id}`, { json: { status: 'publish' } })
  t.is((await as(null, 'GET', `/media/${id}`)).status, 200)
})

test('a refused upload ends the connection, instead of reading what is left', async t => {
  const { upload } = await startMediaSite(t)
  t.is((await upload('cora', 'x.png', PNG)).headers.get('connection'), 'close')
})

test('markup in a file name does not get into the title', async t => {
  const { upload } = await startMediaSite(t)
  const name = `attachment; filename*=UTF-8''${encodeURIComponent('<img src=x onerror=alert(1)>.png')}`
  const response = await upload('otto', '', PNG, { 'content-disposition': name })
  t.is(response.status, 201)
  t.like(await response.json(), { title: { raw: 'file', rendered: 'file' } })
})

test('a file whose date is wrong does not stay', async t => {
  const { url, headersOf, files } = await startMediaSite(t)
  const headers = { ...(await headersOf('otto')), 'content-disposition': 'attachment; filename="x.png"' }
  const address = `${url}${V2}/media?date=99999-01-01T00:00:00`
  t.is((await fetch(address, { method: 'POST', headers, body: new Uint8Array(PNG) })).status, 400)
  t.deepEqual(await files(), [])
})
