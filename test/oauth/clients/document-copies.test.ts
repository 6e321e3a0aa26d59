import test, { type ExecutionContext } from 'ava'
import { createDatabase } from '../../../src/database/database.ts'
import { createDocumentRows, MAX_UNUSED_COPIES } from '../../../src/oauth/clients/document-rows.ts'
import { CALLBACK, connectApp, refresh } from '../../support/oauth.ts'
import { stubOutside } from '../../support/outside.ts'
import { startSite, type TestSite } from '../../support/site.ts'

const { documents, restore } = stubOutside()
test.after.always(restore)

const DAY = 24 * 3600
const now = () => Math.floor(Date.now() / 1000)
let made = 0

function publish(): string {
  const id = `https://copy${made++}.example/client`
  documents.set(id, { client_id: id, client_name: 'MCP', redirect_uris: [CALLBACK] })
  return id
}

/** An application that a user let in, and another process, which has not read its document yet. */
async function connected(t: ExecutionContext) {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const app = { id: publish(), secret: null, redirectUri: CALLBACK }
  const { refresh_token } = await connectApp(site, await site.client('sam'), app)
  const sibling = await startSite(t, { OAUTH_REGISTRATION: 'on', DATABASE_URL: site.databaseUrl })
  return { site, sibling, app, refresh_token }
}

const copies = ({ knex }: TestSite) => knex('connect_oauth_documents')

for (const [what, answer] of [
  ['cannot be reached', undefined],
  ['answers 503', () => new Response('', { status: 503 })],
  ['answers 429', () => new Response('', { status: 429 })],
] as const) {
  test(`while the server of a document ${what}, the last good copy is used, for 7 days`, async t => {
    const { site, sibling, app, refresh_token } = await connected(t)
    if (answer) documents.set(app.id, answer)
    else documents.delete(app.id)
    await copies(site).update({ fetched: now() - 7 * DAY + 60 })
    const again = await refresh(sibling, app, refresh_token)
    t.is(again.status, 200, again.text)
    await copies(site).update({ fetched: now() - 7 * DAY - 60 })
    // One that has not read the document yet.
    const late = await startSite(t, { OAUTH_REGISTRATION: 'on', DATABASE_URL: site.databaseUrl })
    t.is((await refresh(late, app, again.json.refresh_token)).json.error, 'invalid_client')
  })
}

for (const [what, answer] of [
  ['is gone', () => new Response('', { status: 404 })],
  ['is no longer valid', () => new Response('{}')],
  ['leads elsewhere', () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })],
] as const) {
  test(`a document that ${what} loses its copy`, async t => {
    const { site, sibling, app, refresh_token } = await connected(t)
    documents.set(app.id, answer)
    t.is((await refresh(sibling, app, refresh_token)).json.error, 'invalid_client')
    t.deepEqual(await copies(site), [])
  })
}

test('copies are limited: those of unauthorized applications are deleted after an hour, all others after 7 days', async t => {
  const { site, app } = await connected(t)
  const row = (client_id: string, fetched: number) => ({ client_id, document: '{}', fetched })
  await copies(site).insert([row('https://a.example/', now() - 3700), row('https://b.example/', now() - 3500)])
  await copies(site)
    .where({ client_id: app.id })
    .update({ fetched: now() - 7 * DAY + 60 })
  await site.connect.oauth?.deleteExpired()
  t.deepEqual((await copies(site)).map(({ client_id }) => client_id).sort(), ['https://b.example/', app.id].sort())
  await copies(site)
    .where({ client_id: app.id })
    .update({ fetched: now() - 7 * DAY - 60 })
  await site.connect.oauth?.deleteExpired()
  t.deepEqual(
    (await copies(site)).map(({ client_id }) => client_id),
    ['https://b.example/'],
  )
})

test('beyond the maximum of copies for unauthorized applications, a new one is stored once a user authorizes it', async t => {
  const { site, app } = await connected(t)
  const rows = createDocumentRows(createDatabase(site.knex, 'connect_'))
  const ids = Array.from({ length: MAX_UNUSED_COPIES }, (_, at) => `https://${at}.example/`)
  const grant = await site.knex('connect_oauth_grants').where({ client_id: app.id }).first()
  const letIn = (client_id: string) => ({ ...grant, client_id, grant_id: client_id, id: undefined })
  await site.knex.batchInsert(
    'connect_oauth_documents',
    ids.map(client_id => ({ client_id, document: '{}', fetched: 1 })),
    100,
  )
  await rows.save('https://more.example/', '{}', 2)
  await rows.save('https://0.example/', '{"a":1}', 2)
  t.is(await rows.find('https://more.example/', 0), undefined)
  t.is(await rows.find('https://0.example/', 0), '{"a":1}')
  await site.knex('connect_oauth_grants').insert(letIn('https://more.example/'))
  await rows.save('https://more.example/', '{}', 2)
  t.is(await rows.find('https://more.example/', 0), '{}')
  await site.knex('connect_oauth_grants').insert(letIn('https://0.example/'))
  await rows.save('https://next.example/', '{}', 2)
  t.is(await rows.find('https://next.example/', 0), '{}', 'copies of those that users let in take no place of others')
})
