import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import Koa from 'koa'
import { createConnect, embeddedUsers, type User } from '../../src/index.ts'
import { basic, Client, ME } from '../support/client.ts'
import { bearer, connectApp, createApp } from '../support/oauth.ts'
import { PASSWORD, SECRET, startSite } from '../support/site.ts'

test('a host’s override of find() or findByLogin() is called at every request', async t => {
  const site = await startSite(t)
  const sam = await site.accounts.findByLogin('sam')
  if (!sam) return t.fail()
  const { password } = await site.connect.applicationPasswords.create(sam, 'Script')
  const { access_token } = await connectApp(site, await site.logIn('sam'), await createApp(site))

  const suspended = new Set<string>()
  const unlessSuspended = <U extends User>(user: U | null) => (user && suspended.has(user.login) ? null : user)
  const connect = await createConnect({
    knex: site.knex,
    site: { url: site.url, name: 'Host' },
    secret: SECRET,
    environment: 'local',
    oauth: { scopes: { posts: 'Posts' } },
    users: parts => {
      const users = embeddedUsers()(parts)
      return {
        ...users,
        find: async (id: string) => unlessSuspended(await users.find(id)),
        findByLogin: async (login: string) => unlessSuspended(await users.findByLogin(login)),
      }
    },
  })
  const server = createServer(new Koa().use(connect.middleware()).callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await connect.close()
  })
  const client = new Client(`http://localhost:${(server.address() as AddressInfo).port}`)
  const visitor = new Client(client.url)
  await visitor.login('sam', PASSWORD)
  const nonce = await visitor.nonce()
  const statuses = async () => [
    (await client.get(ME, { headers: basic('sam', password) })).status,
    (await client.get(ME, { headers: bearer(access_token) })).status,
    (await visitor.get(ME, { headers: { 'x-wp-nonce': nonce } })).status,
    (await visitor.get('/wp-admin/profile.php')).status,
    (await new Client(client.url).send('POST', '/wp-login.php', { form: { log: 'sam@example.com', pwd: PASSWORD } }))
      .status,
  ]
  t.deepEqual(await statuses(), [200, 200, 200, 200, 302])
  suspended.add('sam')
  t.deepEqual(await statuses(), [401, 401, 403, 302, 401])
  t.is((await visitor.get('/wp-login.php')).status, 200, 'who may log in as somebody else')
  suspended.clear()
  t.deepEqual(await statuses(), [200, 200, 200, 200, 302])
})
