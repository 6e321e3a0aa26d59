import Router from '@koa/router'
import test from 'ava'
import Koa, { type Middleware } from 'koa'
import type { Client } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('methods other than GET, HEAD and POST on a page get 405 with the allowed ones', async t => {
  const client = await (await startSite(t)).client('admin')
  for (const page of ['profile.php', 'user-edit.php', 'authorize-application.php']) {
    const { status, headers } = await client.send('DELETE', `/wp-admin/${page}`)
    t.is(status, 405, page)
    t.is(headers.get('allow'), 'GET, HEAD, POST')
  }
})

test('the host’s own routes handle methods as they would without the package', async t => {
  const site = await startSite(t)
  const router = new Router()
  router.get('/shop', ctx => {
    ctx.body = 'open'
  })
  const app = new Koa().use(site.connect.middleware()).use(router.routes() as Middleware)
  site.server.removeAllListeners('request').on('request', app.callback())
  const client = await site.client()
  t.is((await client.get('/shop')).text, 'open')
  for (const method of ['POST', 'OPTIONS', 'PROPFIND']) t.is((await client.send(method, '/shop')).status, 404, method)
})

test('no other origin can read a form token, even if the host lets all origins read its responses', async t => {
  const site = await startSite(t)
  const client = await site.client('sam')
  const app = new Koa()
  app.use((ctx, next) => {
    ctx.set({ 'Access-Control-Allow-Origin': ctx.get('Origin'), 'Access-Control-Allow-Credentials': 'true' })
    return next()
  })
  app.use(site.connect.middleware())
  site.server.removeAllListeners('request').on('request', app.callback())

  const nonce = (headers: Record<string, string>) =>
    nonceOf(client, { origin: 'https://user-content.example', ...headers })
  for (const from of ['same-site', 'cross-site']) {
    const headers = { origin: 'https://user-content.example', 'sec-fetch-site': from }
    for (const path of ['/wp-admin/profile.php', '/me/security/connected-apps', '/wp-admin/no-such-page']) {
      const answer = await client.get(path, { headers })
      t.is(answer.headers.get('access-control-allow-credentials'), path.includes('no-such') ? 'true' : null, path)
    }
    t.deepEqual(await nonce({ 'sec-fetch-site': from }), [400, '0', null])
  }
  const [status, text, allowed] = await nonce({ origin: site.url, 'sec-fetch-site': 'same-origin' })
  t.deepEqual([status, allowed], [200, null])
  t.regex(text, /^[\w-]{10,}/)
})

async function nonceOf(client: Client, headers: Record<string, string>): Promise<[number, string, string | null]> {
  const answer = await client.get('/wp-admin/admin-ajax.php?action=rest-nonce', { headers })
  return [answer.status, answer.text, answer.headers.get('access-control-allow-origin')]
}
