import test from 'ava'
import { startContentSite } from '../support/content.ts'

test('what a service publishes is on the home page, at its own address, and in the feed', async t => {
  const { as, client } = await startContentSite(t)
  const visitor = await client()
  t.notRegex((await visitor.get('/')).text, /Latest posts/)
  const { json: post } = await as('otto', 'POST', '/posts', {
    json: { title: 'Hello <em>you</em>', content: '<p>From a <b>service</b></p>', status: 'publish' },
  })
  await as('otto', 'POST', '/posts', { json: { title: 'Draft' } })
  const home = await visitor.get('/')
  t.regex(home.text, /Latest posts[\s\S]*Hello you/)
  t.notRegex(home.text, /Draft/)
  const page = await visitor.get(new URL(post.link).pathname)
  t.regex(page.text, /<p>From a <b>service<\/b><\/p>/)
  t.regex(page.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
  const feed = await visitor.get('/feed/')
  t.is(feed.headers.get('content-type'), 'application/rss+xml; charset=UTF-8')
  t.regex(feed.text, /<title>Hello you<\/title>[\s\S]*&lt;p&gt;From a/)
  t.notRegex(feed.text, /Draft/)
})

test('pages are at the addresses of their parents, and nowhere else', async t => {
  const { as, client } = await startContentSite(t)
  const visitor = await client()
  const { json: parent } = await as('admin', 'POST', '/pages', { json: { title: 'About', status: 'publish' } })
  await as('admin', 'POST', '/pages', { json: { title: 'Team', status: 'publish', parent: parent.id } })
  t.is((await visitor.get('/about/team/')).status, 200)
  for (const path of ['/team/', '/x/team/', '/about/team/x/', '/%00/', '/%', `/${'a/'.repeat(500)}`])
    t.is((await visitor.get(path)).status, 404, path)
})

test('a post with a password shows nothing of its content, not in the feed either', async t => {
  const { as, client } = await startContentSite(t)
  const visitor = await client()
  await as('otto', 'POST', '/posts', { json: { title: 'Party', content: 'At nine', status: 'publish', password: 'x' } })
  for (const path of ['/', '/party/', '/feed/']) t.notRegex((await visitor.get(path)).text, /At nine/, path)
  t.regex((await visitor.get('/party/')).text, /protected by a password/)
})

test('unknown addresses and methods are what they were', async t => {
  const visitor = await (await startContentSite(t)).client()
  t.is((await visitor.get('/nothing/')).status, 404)
  t.is((await visitor.send('POST', '/nothing/')).status, 404)
  t.is((await visitor.send('POST', '/wp-json/zapier/v1/token')).json.code, 'rest_no_route')
})
