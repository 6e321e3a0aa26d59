import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { REST_NONCE } from '../authentication/authentication.ts'
import { ConnectError } from '../errors.ts'
import { broughtBy } from '../users/brought-users.ts'
import type { Users } from '../users/user.ts'
import { assets } from './assets.ts'
import type { PageKit } from './kit.ts'

interface Pages {
  profile: Middleware
  authorizeApplication: Middleware
}

/** The pages under `/wp-admin/`, and those that the users bring along. */
export function pageRoutes(kit: PageKit, users: Users, pages: Pages): Middleware {
  const router = new Router()
  const brought = broughtBy(users)
  const page = (path: string, middleware: Middleware) =>
    router.get(path, kit.errors, middleware).post(path, kit.errors, middleware).all(path, kit.errors, refuseMethod)

  page('/wp-admin/profile.php', pages.profile)
  page('/wp-admin/user-edit.php', pages.profile)
  page('/wp-admin/authorize-application.php', pages.authorizeApplication)
  router.get('/wp-admin{/}', ctx => kit.redirect(ctx, kit.path('/wp-admin/profile.php')))
  router.get('/wp-admin/admin-ajax.php', kit.errors, restNonce)

  /** Where scripts that keep a page open for days fetch a fresh nonce, as `@wordpress/api-fetch` does. */
  async function restNonce(ctx: Context): Promise<void> {
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Robots-Tag': 'noindex' })
    const user = ctx.query.action === 'rest-nonce' ? await users.current(ctx) : null
    ctx.type = 'text/plain'
    // WordPress says 400 and "0" for an action that it does not have, or not for this caller.
    ctx.status = user ? 200 : 400
    ctx.body = user ? kit.formToken(ctx, user, REST_NONCE) : '0'
  }

  return compose([assets, ...(brought ? [brought.pages(kit)] : []), router.routes() as Middleware])
}

/** Not by the router's `allowedMethods()`, which would answer for the host's routes as well. */
function refuseMethod(): never {
  throw new ConnectError('method_not_allowed', { headers: { Allow: 'GET, HEAD, POST' } })
}
