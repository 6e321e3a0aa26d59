import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { isCrossSite } from '../csrf/cross-site.ts'
import { REST_NONCE } from '../csrf/nonces.ts'
import { readQuery } from '../http/query.ts'
import type { Users } from '../users/user.ts'
import { addPage } from './add-page.ts'
import { assets } from './assets.ts'
import { removeCorsHeaders } from './headers.ts'
import type { PageKit } from './kit.ts'
import { PAGE_PATHS } from './paths.ts'

interface Pages {
  profile: Middleware
  authorizeApplication: Middleware
  /** Pages of optional features: login page, consent page, connected apps. */
  others: readonly Middleware[]
}

/** Serves all pages. */
export function pageRoutes(kit: PageKit, users: Users, pages: Pages, isOwnPath: (path: string) => boolean): Middleware {
  const router = new Router()
  const page = (path: string, middleware: Middleware) =>
    addPage(router, path, { get: middleware, post: middleware }, kit.errors)
  page(PAGE_PATHS.profile, pages.profile)
  page(PAGE_PATHS.userEdit, pages.profile)
  page(PAGE_PATHS.authorizeApplication, pages.authorizeApplication)
  router.get('/wp-admin{/}', ctx => kit.redirect(ctx, kit.path(PAGE_PATHS.profile)))
  router.get(PAGE_PATHS.ajax, kit.errors, restNonce)

  /** Returns a new nonce to scripts that keep a page open for days, as `@wordpress/api-fetch` does. */
  async function restNonce(ctx: Context): Promise<void> {
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Robots-Tag': 'noindex' })
    removeCorsHeaders(ctx)
    const isOurs = readQuery(ctx).get('action') === 'rest-nonce' && !isCrossSite(ctx, kit.site.url)
    const user = isOurs ? await users.current(ctx) : null
    ctx.type = 'text/plain'
    // WordPress sends 400 and "0" for an action that does not exist, or not for this caller.
    ctx.status = user ? 200 : 400
    ctx.body = user ? kit.formToken(ctx, user, REST_NONCE) : '0'
  }

  const all = compose([assets, router.routes() as Middleware, ...pages.others])
  return function koaWpConnectPages(ctx, next) {
    return isOwnPath(ctx.path) ? all(ctx, next) : next()
  }
}
