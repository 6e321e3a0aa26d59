import type { Middleware } from 'koa'

/** The same for every server: only what stands before it differs. */
export const answer: Middleware = ctx => {
  ctx.body = { posts: [{ id: 1, title: 'Hello world!' }] }
}
