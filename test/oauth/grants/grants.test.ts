import test, { type ExecutionContext } from 'ava'
import { createSiteHooks } from '../../../src/connect/events.ts'
import { createDatabase } from '../../../src/database/database.ts'
import { createClientRows } from '../../../src/oauth/clients/client-rows.ts'
import type { Grant } from '../../../src/oauth/grants/grant.ts'
import { createGrantRows } from '../../../src/oauth/grants/grant-rows.ts'
import { createGrants, MAX_DOCUMENT_CLIENTS, MAX_GRANTS } from '../../../src/oauth/grants/grants.ts'
import { createUserChanges } from '../../../src/users/user-changes.ts'
import { authorizeUrl, createApp, openConsent, press } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

/** Grants as a second process has them. */
async function start(t: ExecutionContext) {
  const site = await startSite(t)
  const app = await createApp(site)
  const database = createDatabase(site.knex, 'connect_')
  const [rows, clients] = [createGrantRows(database), createClientRows(database)]
  const grants = createGrants({
    database,
    rows,
    clients,
    changes: createUserChanges(database),
    hooks: createSiteHooks(),
  })
  const grant: Grant = {
    grantId: 'a grant',
    userId: '3',
    clientId: app.id,
    clientName: 'Shop',
    clientWebsite: '',
    selfRegistered: false,
    access: 'login',
    siteId: '',
    siteUrl: '',
    siteName: '',
    scopes: ['auth'],
    created: 1,
  }
  return { site, app, grants, grant, count: async () => (await site.knex('connect_oauth_grants')).length }
}

test('a grant is written only if its user and its application are unchanged', async t => {
  const { site, app, grants, grant, count } = await start(t)
  const [first, second, third] = [await grants.begin('3'), await grants.begin('3'), await grants.begin('3')]
  await grants.write(first, grant)
  t.is(await count(), 1)

  await site.connect.passwordChanged('3')
  await t.throwsAsync(grants.write(second, { ...grant, grantId: 'another' }), { code: 'account_changed' })
  const fourth = await grants.begin('3')
  await site.connect.oauth.connectedApps.disconnectAll({ id: '3' })
  await t.throwsAsync(grants.write(fourth, { ...grant, grantId: 'another' }), { code: 'account_changed' })
  await site.connect.userDeleted('3')
  await t.throwsAsync(grants.write(third, { ...grant, grantId: 'another' }), { code: 'account_changed' })
  t.is(await count(), 0, 'the first one is gone, too')

  const making = await grants.begin('3')
  await site.connect.oauth.clients.delete(app.id)
  await t.throwsAsync(grants.write(making, grant), { code: 'authorization_expired' })
  t.is(await count(), 0)
})

test('an application deleted while a user authorizes it gets nothing, whichever comes first', async t => {
  const { site, grants, grant, count } = await start(t)
  for (let trial = 0; trial < 10; trial++) {
    const app = await createApp(site)
    const making = await grants.begin('3')
    const written = grants.write(making, { ...grant, grantId: `${trial}`, clientId: app.id })
    await Promise.allSettled([written, site.connect.oauth.clients.delete(app.id)])
    t.is(await count(), 0)
  }
})

test('a user has at most 1,000 grants, even with concurrent requests', async t => {
  const { site, app, grants, grant, count } = await start(t)
  const row = {
    user_id: '3',
    client_id: app.id,
    client_name: 'Shop',
    client_website: '',
    self_registered: false,
    access: 'login',
    site_id: '',
    site_url: '',
    site_name: '',
    scope: 'auth',
    payload: '{}',
    created: Math.floor(Date.now() / 1000),
  }
  const rows = Array.from({ length: MAX_GRANTS - 2 }, (_, i) => ({ ...row, grant_id: `${i}` }))
  await site.knex.batchInsert('connect_oauth_grants', rows, 60)
  const made = await Promise.allSettled(
    Array.from({ length: 5 }, async (_, i) => grants.write(await grants.begin('3'), { ...grant, grantId: `new ${i}` })),
  )
  const refused = made.flatMap(each => (each.status === 'rejected' ? [each.reason.code] : []))
  t.deepEqual(refused, Array(3).fill('too_many_connected_apps'))
  t.is(await count(), MAX_GRANTS)
})

test('a user authorizes at most 100 self-describing applications, even with concurrent requests', async t => {
  const { grants, grant, count } = await start(t)
  const letIn = async (n: number, grantId: string) =>
    grants.write(await grants.begin('3'), { ...grant, grantId, clientId: `https://${n}.example/client` })
  for (let n = 0; n < MAX_DOCUMENT_CLIENTS - 2; n++) await letIn(n, `${n}`)
  const made = await Promise.allSettled([200, 201, 202, 203].map(n => letIn(n, `${n}`)))
  const refused = made.flatMap(each => (each.status === 'rejected' ? [each.reason.code] : []))
  t.deepEqual(refused, Array(2).fill('too_many_connected_apps'))
  t.is(await count(), MAX_DOCUMENT_CLIENTS)
  await letIn(7, 'again')
  await grants.write(await grants.begin('3'), { ...grant, grantId: 'of one that is registered here' })
  await grants.write(await grants.begin('2'), { ...grant, grantId: 'x', userId: '2', clientId: 'https://300.example/' })
  t.is(await count(), MAX_DOCUMENT_CLIENTS + 3)
})

test('a user who logs out while they authorize has authorized nothing', async t => {
  const { site, app, count } = await start(t)
  const user = await site.client('sam')
  const events: string[] = []
  site.connect.on('oauth-authorized', () => void events.push('authorized'))
  const consent = await openConsent(user, authorizeUrl(app))
  const { users } = site.connect
  site.knex.on('query', ({ sql }: { sql: string }) => {
    if (/^insert into .connect_oauth_grants/.test(sql)) users.current = async () => null
  })
  const back = await press(user, consent, 'approve')
  t.is(back.searchParams.get('code'), null)
  t.is(await count(), 0)
  t.deepEqual(events, [])
})
