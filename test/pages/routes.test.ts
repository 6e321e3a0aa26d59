import Router from '@koa/router'
import test from 'ava'
import Koa, { type Middleware } from 'koa'
import { startSite } from '../support/site.ts'

test('another method than GET, HEAD or POST on a page: 405 that names these', async t => {
  const client = await (await startSite(t)).client('admin')
  for (const page of ['profile.php', 'user-edit.php', 'authorize-application.php']) {
    const { status, headers } = await client.send('DELETE', `/wp-admin/${page}`)
    t.is(status, 405, page)
    t.is(headers.get('allow'), 'GET, HEAD, POST')
  }
})

test("the host's own routes answer methods as they would without the package", async t => {
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
