import type Router from '@koa/router'
import type { Connect } from '../connect/connect-types.ts'
import { THE_SITE_ID } from '../users/sites.ts'

const POSTS = [
  { id: 1, title: 'Hello world!', author: 'admin' },
  { id: 2, title: 'Application passwords, one row each', author: 'admin' },
]

/** A small API of the site, so that application passwords have a use. */
export function postsApi(router: Router, connect: Connect): void {
  router.get('/api/posts', connect.require({ scope: 'posts', site: THE_SITE_ID }), ctx => {
    ctx.set('Cache-Control', 'no-store')
    ctx.body = { posts: POSTS, seenBy: ctx.state.auth?.user.login }
  })
}
