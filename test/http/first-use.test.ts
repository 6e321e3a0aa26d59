import test from 'ava'
import { APPLICATION_PASSWORDS, basic, formFields, ME } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('from login to a REST call and to revocation, with forms only', async t => {
  const site = await startSite(t)
  const owner = await site.logIn('admin')
  const script = await site.client()

  const profile = await owner.get('/wp-admin/profile.php')
  t.is(profile.status, 200)
  const create = formFields(profile.text, 'id="do_new_application_password"')
  const created = await owner.send('POST', '/wp-admin/profile.php', {
    form: { ...create, new_application_password_name: 'Zapier' },
  })
  const password = /id="new-application-password-value"[^>]*value="([^"]*)"/s.exec(created.text)?.[1] ?? ''
  t.regex(password, /^[A-Za-z0-9]{4}( [A-Za-z0-9]{4}){5}$/)

  const me = await script.get(ME, { headers: basic('admin', password) })
  t.is(me.status, 200)
  t.is(me.json.name, 'admin')
  const posts = await script.get('/api/posts', { headers: basic('admin', password) })
  t.is(posts.json.seenBy, 'admin')

  const confirmation = formFields(created.text, 'aria-label="Revoke &quot;Zapier&quot;"')
  const confirm = await owner.get(`/wp-admin/profile.php?${new URLSearchParams(confirmation)}`)
  const revoked = await owner.send('POST', '/wp-admin/profile.php', {
    form: formFields(confirm.text, 'name="_wpnonce"'),
  })
  t.is(revoked.status, 303)
  t.regex((await owner.get(revoked.headers.get('location') ?? '')).text, /Application password revoked\./)

  const refused = await script.get(ME, { headers: basic('admin', password) })
  t.is(refused.status, 401)
  t.is(refused.json.code, 'incorrect_password')
  t.deepEqual((await owner.rest('GET', APPLICATION_PASSWORDS)).json, [])
})
