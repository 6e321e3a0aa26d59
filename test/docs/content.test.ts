import test from 'ava'
import { basic, type Client } from '../support/client.ts'
import { serveConnect } from '../support/docs-site.ts'
import { block, read } from '../support/markdown.ts'

const PATH = 'docs/features/content.md'
const POSTS = '/wp-json/wp/v2/posts'

const credentials = async (sam: Client) => basic('sam', (await sam.createPassword()).password)

test('docs/features/content.md: on a site without content a client publishes, and the home page shows it', async t => {
  const home = `import Router from '@koa/router'
import { connect } from './connect.ts'
export const router = new Router()
${block(PATH, 'ts', 'connect.content?.types')}`
  const files = { 'connect.ts': asAdministrator(block(PATH, 'ts', 'embeddedContent({ store')), 'home.ts': home }
  const { nobody, sam } = await serveConnect(t, files, 'home.ts')
  const [, title = '', content = '', status = ''] =
    /-d title='([^']*)' -d content='([^']*)' -d status=(\w+)/.exec(read(PATH)) ?? []
  const headers = await credentials(await sam())
  t.is((await nobody.send('POST', POSTS, { headers, form: { title, content, status } })).status, 201)
  t.is((await nobody.get('/')).text, title)
})

test('docs/features/content.md: clients read and write a table of the host’s own', async t => {
  const connect = `import { createConnect, embeddedUsers } from 'koa-wp-connect'
import { database, secret } from './settings.ts'
import { content } from './content.ts'
await database.schema.createTable('articles', table => {
  table.increments('id')
  for (const name of ['title', 'body', 'slug', 'author_id']) table.text(name)
  table.boolean('is_public')
  table.bigInteger('created')
  table.bigInteger('changed')
})
export const connect = await createConnect({
  knex: database,
  site: { url: 'http://localhost:3000', name: 'Example' },
  secret,
  users: embeddedUsers(),
  content,
  environment: 'local',
})
`
  const files = {
    'connect.ts': asAdministrator(connect),
    'content.ts': block(PATH, 'ts', "from 'koa-wp-connect'\nimport { database }"),
  }
  const { nobody, sam } = await serveConnect(t, files)
  const headers = await credentials(await sam())
  const write = (json: object) => nobody.send('POST', POSTS, { headers, json })
  const { json: first } = await write({ title: 'Same', content: 'One', status: 'publish' })
  t.like(first, { status: 'publish', slug: 'same', content: { raw: 'One' } })
  t.is((await write({ title: 'Same', status: 'publish' })).json.slug, 'same-2')
  t.is((await write({ title: 'Draft' })).json.status, 'draft')

  const list = await nobody.get(POSTS)
  t.is(list.headers.get('x-wp-total'), '2')
  t.deepEqual((await nobody.get(`${POSTS}?search=same&per_page=1&_fields=slug`)).json.length, 1)
  t.is((await nobody.get(`${POSTS}?status=draft`, { headers })).headers.get('x-wp-total'), '1')
  // What the adapter does not have is not offered.
  t.is(
    (await nobody.send('POST', `${POSTS}/${first.id}`, { headers, json: { title: 'x' } })).json.code,
    'rest_no_route',
  )
  t.is((await nobody.get(POSTS, { headers })).headers.get('allow'), 'GET, POST')
  t.is((await nobody.get('/wp-json/wp/v2/pages')).json.code, 'rest_no_route')
  t.is((await nobody.get('/wp-json/wp/v2/media')).json.code, 'rest_no_route')
})

/** Makes the user of the test's app an administrator. */
const asAdministrator = (code: string) => `${code}
const { accounts } = connect.users
const create = accounts.create.bind(accounts)
accounts.create = (login, password, details) => create(login, password, { ...details, role: 'administrator' })
`
