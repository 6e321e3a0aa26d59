import test from 'ava'
import { createScopes } from '../../src/oauth/scopes.ts'

const scopes = createScopes({ posts: 'View and manage posts', media: 'View and manage media' }, ['posts'])

test('without known scopes the site’s default applies; unknown ones are dropped, repeated ones merged', t => {
  t.deepEqual(scopes.parse(''), ['posts'])
  t.deepEqual(scopes.parse('media media read'), ['media'])
  t.deepEqual(scopes.parse('posts,media'), ['posts', 'media'])
  t.deepEqual(scopes.parse('read write'), ['posts'])
})

test('the access of a grant follows from its scopes', t => {
  t.is(scopes.access(['posts', 'openid']), 'site')
  t.is(scopes.access(['global', 'openid']), 'all')
  t.is(scopes.access(['auth']), 'login')
  t.is(scopes.access(['openid', 'profile', 'email']), 'login')
})

test('some scopes cannot be combined', t => {
  for (const good of [['posts', 'media'], ['auth'], ['global'], ['auth', 'openid', 'email'], ['global', 'openid']])
    t.is(scopes.problem(good), null, good.join(' '))
  for (const bad of [
    ['global', 'posts'],
    ['auth', 'posts'],
    ['auth', 'global'],
  ])
    t.truthy(scopes.problem(bad), bad.join(' '))
})

test('every permission has a description', t => {
  const words = (asked: string[]) => scopes.describe(asked).map(({ description }) => description)
  t.deepEqual(words(['media']).slice(1), ['View and manage media'])
  t.deepEqual(words(['global']).slice(1), ['View and manage posts', 'View and manage media'])
  t.is(words(['auth']).length, 1)
})

test('global includes each of the site’s own scopes, and no others', t => {
  t.true(scopes.allows(['global'], 'media'))
  t.false(scopes.allows(['global'], 'admin'))
  t.false(scopes.allows(['posts'], 'media'))
  t.false(scopes.allows(['auth'], 'posts'))
})

test('to get an additional scope, a client requests it together with those that it has, if they can be combined', t => {
  t.deepEqual(scopes.together(['media', 'openid'], 'posts'), ['media', 'openid', 'posts'])
  t.deepEqual(scopes.together(['media'], 'media'), ['media'])
  t.deepEqual(scopes.together(['auth'], 'posts'), ['posts'])
  t.deepEqual(scopes.together(['global'], 'posts'), ['posts'])
})
