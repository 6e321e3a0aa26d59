import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { ConnectError } from '../../errors.ts'
import type { Fields } from '../../http/body.ts'
import { addPage } from '../../pages/add-page.ts'
import type { PageKit } from '../../pages/kit.ts'
import { mayManageClients, type User, type Users } from '../../users/user.ts'
import type { Scopes } from '../scopes.ts'
import type { ClientDetails } from './client-details.ts'
import { detailsOf, EMPTY_FORM, formOf, readClientForm } from './client-form.ts'
import type { Client } from './client-rows.ts'
import { type ClientAction, type ClientFacts, createClientViews, formAction } from './client-views.ts'
import type { Clients, CreatedClient } from './clients-types.ts'
import { clientIdOfForm } from './once-field.ts'

/** Maximum number of applications of a user who may manage only their own. */
const MAX_OWN_CLIENTS = 100

interface ClientsPagesParts {
  kit: PageKit
  users: Users
  clients: Clients
  createWithId(details: ClientDetails, owner: User, clientId?: string, most?: number): Promise<CreatedClient>
  scopes: Scopes
  /** Returns how many users have authorized each client, by client ID. */
  countUsers(): Promise<ReadonlyMap<string, number>>
  /** Rejects plain http, because a secret is shown here. */
  secure: Middleware
  /** Path of the pages, below the site's root. */
  path: string
}

/** A user who may manage all applications, or only their own. */
interface Developer extends User {
  manages: true | 'own'
}

/** The "Applications" pages, where permitted users register the programs that may ask users for access. */
export function clientsPages(parts: ClientsPagesParts): Middleware {
  const { kit, users, clients, createWithId, scopes, countUsers, secure, path } = parts
  const views = createClientViews({ kit, scopes, path })

  /** Returns the client in the URL. A user who may manage only their own gets a 404 for the clients of others. */
  async function clientOf(ctx: Context, user: Developer): Promise<Client> {
    const client = await clients.get(String(ctx.params.id))
    if (user.manages === 'own' && client.ownerId !== String(user.id)) throw new ConnectError('client_not_found')
    return client
  }

  async function withFacts<C extends Client>(those: readonly C[]): Promise<(C & ClientFacts)[]> {
    const counts = await countUsers()
    const owners = new Map<string, string>()
    for (const { ownerId } of those) {
      if (ownerId !== null && !owners.has(ownerId)) owners.set(ownerId, (await users.find(ownerId))?.login ?? ownerId)
    }
    return those.map(client => ({
      ...client,
      owner: client.ownerId === null ? null : (owners.get(client.ownerId) ?? null),
      users: counts.get(client.clientId) ?? 0,
    }))
  }

  const factsOf = async (client: Client) => (await withFacts([client]))[0] as Client & ClientFacts

  const forDeveloper =
    (answer: (ctx: Context, user: Developer) => Promise<void>): Middleware =>
    async ctx => {
      const user = await kit.requireUser(ctx)
      if (!user) return
      const manages = await mayManageClients(users, user)
      if (!manages) throw new ConnectError('not_allowed')
      await answer(ctx, { ...user, manages })
    }

  /** Returns the form's fields after checking that the form came from our own page for this action. */
  async function fieldsOf(ctx: Context, user: User, action: ClientAction, clientId?: string): Promise<Fields> {
    const fields = await kit.form(ctx)
    kit.checkFormToken(ctx, user, formAction(action, clientId), fields)
    return fields
  }

  /** Returns the clients that the user may manage. */
  const listOf = (user: Developer) => clients.list(user.manages === 'own' ? user : undefined)

  const list = forDeveloper(async (ctx, user) =>
    views.list(ctx, user, await withFacts(await listOf(user)), user.manages !== 'own'),
  )

  const form = forDeveloper(async (ctx, user) => views.form(ctx, user, EMPTY_FORM))

  const create = forDeveloper(async (ctx, user) => {
    const fields = await fieldsOf(ctx, user, 'create')
    const typed = readClientForm(fields)
    const clientId = clientIdOfForm(kit, ctx, user, fields)
    try {
      const most = user.manages === 'own' ? MAX_OWN_CLIENTS : undefined
      const { client, secret } = await createWithId(detailsOf(typed), user, clientId, most)
      if (secret === null) kit.redirect(ctx, `${views.address(client.clientId)}?notice=created`, 303)
      else views.details(ctx, user, await factsOf(client), { secret, notice: 'clients.notice.created' })
    } catch (error) {
      if (clientId !== undefined && error instanceof ConnectError && error.code === 'client_exists') {
        const existing = await clients.get(clientId)
        return views.details(ctx, user, await factsOf(existing), { refused: { typed: formOf(existing), error } })
      }
      views.form(ctx, user, typed, refusalIn(error))
    }
  })

  const details = forDeveloper(async (ctx, user) =>
    views.details(ctx, user, await factsOf(await clientOf(ctx, user)), {}),
  )

  const change = forDeveloper(async (ctx, user) => {
    const client = await clientOf(ctx, user)
    const fields = await fieldsOf(ctx, user, 'change', client.clientId)
    const typed = { ...readClientForm(fields), type: client.type }
    try {
      await clients.update(client.clientId, detailsOf(typed))
      kit.redirect(ctx, `${views.address(client.clientId)}?notice=saved`, 303)
    } catch (error) {
      views.details(ctx, user, await factsOf(client), { refused: { typed, error: refusalIn(error) } })
    }
  })

  const askAboutSecret = forDeveloper(async (ctx, user) => {
    const client = await clientOf(ctx, user)
    if (!client.hasSecret) throw new ConnectError('client_has_no_secret')
    views.confirm(ctx, user, client, 'rotate-secret')
  })

  const rotateSecret = forDeveloper(async (ctx, user) => {
    const { clientId } = await clientOf(ctx, user)
    await fieldsOf(ctx, user, 'rotate-secret', clientId)
    const { client, secret } = await clients.rotateSecret(clientId)
    views.details(ctx, user, await factsOf(client), { notice: 'clients.notice.new-secret', secret })
  })

  const askToDelete = forDeveloper(async (ctx, user) => views.confirm(ctx, user, await clientOf(ctx, user), 'delete'))

  const remove = forDeveloper(async (ctx, user) => {
    const { clientId } = await clientOf(ctx, user)
    await fieldsOf(ctx, user, 'delete', clientId)
    await clients.delete(clientId)
    kit.redirect(ctx, `${views.address()}?notice=deleted`, 303)
  })

  const router = new Router()
  const add = (below: string, get: Middleware, post?: Middleware) =>
    addPage(router, path + below, { get, ...(post && { post }) }, kit.errors, secure)
  add('', list)
  add('/new', form, create)
  add('/:id', details, change)
  add('/:id/rotate-secret', askAboutSecret, rotateSecret)
  add('/:id/delete', askToDelete, remove)
  return router.routes() as Middleware
}

/**
 * Returns an error that the user can fix in the form.
 *
 * @throws any other error
 */
function refusalIn(error: unknown): ConnectError {
  if (error instanceof ConnectError && error.kind === 'input') return error
  throw error
}
