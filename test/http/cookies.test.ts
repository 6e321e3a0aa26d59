import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import test from 'ava'
import type { Context } from 'koa'
import { createCookies } from '../../src/http/cookies.ts'

function answer(): Context {
  const req = new IncomingMessage(new Socket())
  return { req, res: new ServerResponse(req) } as Context
}

test('an array of cookies that the host sends with every response is not changed', t => {
  const cookies = createCookies('https://example.com')
  const hosts = ['theme=dark; path=/']
  const [logIn, logOut, other] = [answer(), answer(), answer()]
  for (const { res } of [logIn, logOut, other]) res.setHeader('Set-Cookie', hosts)
  cookies.set(logIn, 'session', 'secret')
  cookies.clear(logOut, 'session')
  const sent = ({ res }: Context) => (res.getHeader('Set-Cookie') as string[]).map(cookie => cookie.split(';')[0])
  t.deepEqual(sent(logIn), ['theme=dark', '__Host-session=secret'])
  t.deepEqual(sent(logOut), ['theme=dark', '__Host-session='])
  t.deepEqual(sent(other), ['theme=dark'])
})

test('cookies that the host set before, in either form, are kept', t => {
  const cookies = createCookies('https://example.com/blog')
  const ctx = answer()
  ctx.res.setHeader('Set-Cookie', 'theme=dark')
  cookies.set(ctx, 'session', 'secret', 60)
  cookies.set(ctx, 'browser', 'id')
  t.deepEqual(
    (ctx.res.getHeader('Set-Cookie') as string[]).map(cookie => cookie.replace(/expires=[^;]*/, 'expires=')),
    [
      'theme=dark',
      'session=secret; path=/blog; expires=; samesite=lax; secure; httponly',
      'browser=id; path=/blog; samesite=lax; secure; httponly',
    ],
  )
})
