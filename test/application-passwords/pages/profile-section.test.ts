import test from 'ava'
import type Koa from 'koa'
import { type Connect, ConnectError } from '../../../src/index.ts'
import { formFields } from '../../support/client.ts'
import { rebuild } from '../../support/rebuild.ts'
import { startSite } from '../../support/site.ts'

/** A page of the host's, with headers of its own. */
const account = (app: Koa, connect: Connect) =>
  app.use(async (ctx, next) => {
    if (ctx.path !== '/account') return next()
    try {
      ctx.body = `<!doctype html><title>Account</title>${await connect.renderProfileSection(ctx)}`
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      ctx.status = error.status
      ctx.body = error.code
    }
  })

test('the section on a host’s own page: its forms post to our page, which shows the password once', async t => {
  const site = await startSite(t)
  await rebuild(site, {}, account)
  const sam = await site.client('sam')
  const page = await sam.get('/account')
  t.is(page.headers.get('content-security-policy'), null, 'the host’s headers are the host’s')
  t.regex(
    page.text,
    /<link rel="stylesheet" href="\/wp-content\/.*<script type="module" src="\/wp-content\/.*<div class="koa-wp-connect" lang="en" dir="ltr">/s,
  )
  const form = formFields(page.text, 'id="do_new_application_password"')
  const made = await sam.send('POST', '/wp-admin/profile.php', {
    form: { ...form, new_application_password_name: 'Zapier' },
  })
  t.regex(made.text, /Your new password for <strong><bdi>Zapier<\/bdi><\/strong> is:/)
  const again = (await sam.get('/account')).text
  t.regex(again, /<bdi>Zapier<\/bdi>/)
  t.notRegex(
    again,
    new RegExp(/id="new-application-password-value"[^>]*value="([^"]+)"/.exec(made.text)?.[1] ?? 'none'),
  )
})

test('the section is in the reader’s language', async t => {
  const site = await startSite(t)
  await rebuild(site, {}, account)
  const { text } = await (await site.client('sam')).get('/account', { headers: { 'accept-language': 'de' } })
  t.regex(text, /<div class="koa-wp-connect" lang="de" dir="ltr">.*Anwendungspasswörter/s)
})

test('without a logged-in user renderProfileSection() throws rest_not_logged_in', async t => {
  const site = await startSite(t)
  await rebuild(site, {}, account)
  const { status, text } = await (await site.client()).get('/account')
  t.deepEqual([status, text], [401, 'rest_not_logged_in'])
})
