import test from 'ava'
import Koa from 'koa'
import { formFields } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('redirects to applications work even if the host’s own ctx.redirect() forbids them, as Egg’s does', async t => {
  const site = await startSite(t)
  const app = new Koa()
  app.use((ctx, next) => {
    ctx.redirect = () => {
      throw new Error('a security problem has been detected, redirection is prohibited')
    }
    return next()
  })
  app.use(site.connect.middleware())
  site.server.removeAllListeners('request').on('request', app.callback())
  const user = await site.client('sam')
  const address = `/wp-admin/authorize-application.php?${new URLSearchParams({ app_name: 'x', success_url: 'my.app://ü/' })}`
  const {
    approve: _approve,
    reject: _reject,
    ...fields
  } = formFields((await user.get(address)).text, 'name="_wpnonce"')
  const { status, headers, text } = await user.send('POST', address, { form: { ...fields, approve: 'y' } })
  t.is(status, 302)
  t.regex(headers.get('location') ?? '', /^my\.app:\/\/%C3%BC\/\?site_url=.*&user_login=sam&password=\w{24}$/)
  t.is(text, '', 'the password stands in one place only')
})
