import test from 'ava'
import { startContentSite } from '../support/content.ts'

const slugs = (json: { slug: string }[]) => json.map(({ slug }) => slug)

test('anybody sees those who have published, without login and email address', async t => {
  const { as } = await startContentSite(t)
  t.deepEqual((await as(null, 'GET', '/users')).json, [])
  const { json: post } = await as('otto', 'POST', '/posts', { json: { title: 'x' } })
  t.deepEqual((await as(null, 'GET', '/users')).json, [])
  t.is((await as(null, 'GET', `/users/${post.author}`)).json.code, 'rest_user_cannot_view')
  await as('otto', 'POST', `/posts/${post.id}`, { json: { status: 'publish' } })
  const { json, headers, text } = await as(null, 'GET', '/users')
  t.deepEqual(slugs(json), ['otto'])
  t.is(headers.get('x-wp-total'), '1')
  t.notRegex(text, /@example\.com|"username"|"roles"/)
  t.is((await as(null, 'GET', `/users/${post.author}`)).json.name, 'otto')
  t.is((await as(null, 'GET', `/users/${post.author}?context=edit`)).json.code, 'rest_forbidden_context')
  t.is((await as('otto', 'GET', '/users?search=admin')).headers.get('x-wp-total'), '0')
})

test('an administrator chooses among all who write, as n8n asks for them', async t => {
  const { as } = await startContentSite(t)
  const page = (number: number) => as('admin', 'GET', `/users?who=authors&per_page=2&page=${number}`)
  const first = await page(1)
  t.is(first.headers.get('x-wp-totalpages'), '2')
  t.deepEqual([...slugs(first.json), ...slugs((await page(2)).json)], ['admin', 'cora', 'ed', 'otto'])
  t.is((await as('admin', 'GET', '/users?search=ott')).headers.get('x-wp-total'), '1')
  t.deepEqual(slugs((await as('admin', 'GET', '/users?roles=author')).json), ['otto'])
  t.is((await as('admin', 'GET', '/users?context=edit&slug=otto')).json[0].email, 'otto@example.com')
  t.is((await as('otto', 'GET', '/users?roles=author')).json.code, 'rest_user_cannot_view')
})

test('a user sees themselves, and nobody else’s details', async t => {
  const { as } = await startContentSite(t)
  const { json: me } = await as('sam', 'GET', '/users/me?context=edit')
  t.like((await as('sam', 'GET', `/users/${me.id}?context=edit`)).json, { id: me.id, email: 'sam@example.com' })
  t.is((await as('sam', 'GET', '/users/1')).json.code, 'rest_user_cannot_view')
  t.is((await as('admin', 'GET', '/users/99999')).json.code, 'rest_user_invalid_id')
})
