import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import type { Fields } from '../http/body.ts'
import { addPage } from '../pages/add-page.ts'
import type { PageKit } from '../pages/kit.ts'
import { mayManageClients, type User, type Users } from '../users/user.ts'
import { detailsOf, EMPTY_FORM, readClientForm } from './client-form.ts'
import { type ClientAction, createClientViews, formAction } from './client-views.ts'
import type { Clients } from './clients.ts'
import { CLIENTS_PATH } from './paths.ts'

/**
 * "Applications": where those whom the host lets register the programs that may ask users for access.
 *
 * @param secure refuses plain http: a secret is shown here
 */
export function clientsPages(kit: PageKit, users: Users, clients: Clients, secure: Middleware): Middleware {
  const views = createClientViews(kit)
  const idOf = (ctx: Context) => String(ctx.params.id)

  const forDeveloper =
    (answer: (ctx: Context, user: User) => Promise<void>): Middleware =>
    async ctx => {
      const user = await kit.loggedIn(ctx)
      if (!user) return
      if (!(await mayManageClients(users, user))) throw new ConnectError('not_allowed')
      await answer(ctx, user)
    }

  /** The form's fields, when it came from our own page for this very action. */
  async function fieldsOf(ctx: Context, user: User, action: ClientAction, clientId?: string): Promise<Fields> {
    const fields = await kit.form(ctx)
    kit.checkFormToken(ctx, user, formAction(action, clientId), fields)
    return fields
  }

  const list = forDeveloper(async (ctx, user) => views.list(ctx, user, await clients.list()))

  const form = forDeveloper(async (ctx, user) => views.form(ctx, user, EMPTY_FORM))

  const create = forDeveloper(async (ctx, user) => {
    const typed = readClientForm(await fieldsOf(ctx, user, 'create'))
    try {
      const { client, secret } = await clients.create(detailsOf(typed))
      if (secret === null) kit.redirect(ctx, `${views.address(client.clientId)}?notice=created`, 303)
      else views.details(ctx, user, client, { secret, notice: 'clients.notice.created' })
    } catch (error) {
      views.form(ctx, user, typed, refusalIn(error))
    }
  })

  const details = forDeveloper(async (ctx, user) => views.details(ctx, user, await clients.get(idOf(ctx)), {}))

  const change = forDeveloper(async (ctx, user) => {
    const fields = await fieldsOf(ctx, user, 'change', idOf(ctx))
    const client = await clients.get(idOf(ctx))
    const typed = { ...readClientForm(fields), type: client.type }
    try {
      await clients.update(client.clientId, detailsOf(typed))
      kit.redirect(ctx, `${views.address(client.clientId)}?notice=saved`, 303)
    } catch (error) {
      views.details(ctx, user, client, { refused: { typed, error: refusalIn(error) } })
    }
  })

  const askAboutSecret = forDeveloper(async (ctx, user) => {
    const client = await clients.get(idOf(ctx))
    if (!client.hasSecret) throw new ConnectError('client_has_no_secret')
    views.confirm(ctx, user, client, 'rotate-secret')
  })

  const rotateSecret = forDeveloper(async (ctx, user) => {
    await fieldsOf(ctx, user, 'rotate-secret', idOf(ctx))
    const { client, secret } = await clients.rotateSecret(idOf(ctx))
    const notice = 'clients.notice.new-secret'
    views.details(ctx, user, client, { notice, secret })
  })

  const askToDelete = forDeveloper(async (ctx, user) =>
    views.confirm(ctx, user, await clients.get(idOf(ctx)), 'delete'),
  )

  const remove = forDeveloper(async (ctx, user) => {
    await fieldsOf(ctx, user, 'delete', idOf(ctx))
    await clients.delete(idOf(ctx))
    kit.redirect(ctx, `${views.address()}?notice=deleted`, 303)
  })

  const router = new Router()
  const add = (below: string, get: Middleware, post?: Middleware) =>
    addPage(router, CLIENTS_PATH + below, { get, ...(post && { post }) }, kit.errors, secure)
  add('', list)
  add('/new', form, create)
  add('/:id', details, change)
  add('/:id/rotate-secret', askAboutSecret, rotateSecret)
  add('/:id/delete', askToDelete, remove)
  return router.routes() as Middleware
}

/** What the form itself can put right. @throws whatever else went wrong */
function refusalIn(error: unknown): ConnectError {
  if (error instanceof ConnectError && error.status === 400) return error
  throw error
}
