import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { readQuery } from '../../http/query.ts'
import { addPage } from '../../pages/add-page.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { User } from '../../users/user.ts'
import { CONNECTED_APPS_PATH } from '../paths.ts'
import type { ConnectedApps } from './connected-apps.ts'

const formAction = (id: number) => `disconnect ${id}`

/** The "Connected Apps" pages: the list, the details of each app, and the confirmation before disconnecting. */
export function connectedAppsPages(kit: PageKit, connectedApps: ConnectedApps): Middleware {
  const address = (id?: number, below = '') =>
    kit.path(CONNECTED_APPS_PATH + (id === undefined ? '' : `/${id}${below}`))
  const idOf = (ctx: Context) => Number(ctx.params.id)

  const forUser =
    (show: (ctx: Context, user: User) => Promise<void>): Middleware =>
    async ctx => {
      const user = await kit.requireUser(ctx)
      if (user) await show(ctx, user)
    }

  const list = forUser(async (ctx, user) => {
    const disconnected = readQuery(ctx).has('disconnected')
    kit.render(ctx, 'connected-apps', {
      ...kit.userValues(ctx, user),
      apps: await connectedApps.list(user),
      address,
      notice: disconnected ? 'apps.disconnected' : null,
    })
  })

  const details = forUser(async (ctx, user) => {
    const app = await connectedApps.get(user, idOf(ctx))
    kit.render(ctx, 'connected-app', { ...kit.userValues(ctx, user), app, address })
  })

  const confirm = forUser(async (ctx, user) => {
    const app = await connectedApps.get(user, idOf(ctx))
    const formToken = kit.formToken(ctx, user, formAction(app.id))
    kit.render(ctx, 'confirm-disconnect', { ...kit.userValues(ctx, user), app, address, formToken })
  })

  const disconnect = forUser(async (ctx, user) => {
    kit.checkFormToken(ctx, user, formAction(idOf(ctx)), await kit.form(ctx))
    await connectedApps.disconnect(user, idOf(ctx))
    kit.redirect(ctx, `${address()}?disconnected`, 303)
  })

  const router = new Router()
  addPage(router, CONNECTED_APPS_PATH, { get: list }, kit.errors)
  addPage(router, `${CONNECTED_APPS_PATH}/:id`, { get: details }, kit.errors)
  addPage(router, `${CONNECTED_APPS_PATH}/:id/disconnect`, { get: confirm, post: disconnect }, kit.errors)
  for (const path of ['/me', '/me/security']) router.get(path, ctx => kit.redirect(ctx, address()))
  return router.routes() as Middleware
}
