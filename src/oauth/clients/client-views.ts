import type { Context } from 'koa'
import type { ConnectError } from '../../errors.ts'
import { readQuery } from '../../http/query.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { User } from '../../users/user.ts'
import { OAUTH_PATHS } from '../paths.ts'
import type { Scopes } from '../scopes.ts'
import { type ClientForm, formOf } from './client-form.ts'
import type { Client } from './client-rows.ts'
import { onceValue } from './once-field.ts'

/** The notices that a redirect to a page may show, with the ids of their messages. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  ['created', 'clients.notice.created'],
  ['saved', 'clients.notice.saved'],
  ['deleted', 'clients.notice.deleted'],
])

/** The actions on an application. Each has its own form. */
export type ClientAction = 'create' | 'change' | 'rotate-secret' | 'delete'

/** What a form token is bound to: one action on one application. */
export const formAction = (action: ClientAction, clientId = ''): string => `${action} client ${clientId}`

interface Details {
  /** Id of a message. */
  notice?: string
  /** A new secret, shown only this time. */
  secret?: string
  /** The typed fields, and the error about them. */
  refused?: { typed: ClientForm; error: ConnectError }
}

/** The owner of a client, and the number of users who authorized it. */
export interface ClientFacts {
  /** The owner's login, or their ID if that user does not exist. Null if the client belongs to the site. */
  owner: string | null
  users: number
}

interface ClientViewsParts {
  kit: PageKit
  scopes: Scopes
  /** Path of the pages, below the site's root. */
  path: string
}

/** Renders the pages about applications. */
export function createClientViews({ kit, scopes, path }: ClientViewsParts) {
  const address = (below = '', action = '') => kit.path([path, below, action].filter(part => part !== '').join('/'))

  const common = (ctx: Context, user: User) => ({ ...kit.userValues(ctx, user), address })
  /** The URLs that every application needs. */
  const endpoints = {
    authorize: kit.site.url + OAUTH_PATHS.authorize,
    token: kit.site.url + OAUTH_PATHS.token,
    metadata: kit.site.url + OAUTH_PATHS.metadata,
  }
  const noticeOf = (ctx: Context) => NOTICES.get(readQuery(ctx).get('notice') ?? '') ?? null

  return {
    /** Returns `/apps`, `/apps/ID` or `/apps/ID/ACTION`, below the path where the site is mounted. */
    address,

    list(ctx: Context, user: User, clients: readonly (Client & ClientFacts)[], showsOwners: boolean): void {
      const values = { ...common(ctx, user), clients, showsOwners, endpoints, scopes: scopes.own }
      kit.render(ctx, 'clients', { ...values, notice: noticeOf(ctx) })
    },

    /** Renders the form for a new application. */
    form(ctx: Context, user: User, typed: ClientForm, error: ConnectError | null = null): void {
      const formToken = kit.formToken(ctx, user, formAction('create'))
      const once = onceValue(kit, ctx, user)
      kit.render(
        ctx,
        'client-form',
        { ...common(ctx, user), typed, error, formToken, once },
        { status: error?.status ?? 200 },
      )
    },

    /** Renders an application's details, with the form that changes them. */
    details(ctx: Context, user: User, client: Client & ClientFacts, { notice, secret, refused }: Details): void {
      const values = {
        ...common(ctx, user),
        client,
        endpoints,
        scopes: scopes.own,
        typed: refused?.typed ?? formOf(client),
        error: refused?.error ?? null,
        notice: notice ?? noticeOf(ctx),
        secret: secret ?? null,
        formToken: kit.formToken(ctx, user, formAction('change', client.clientId)),
      }
      kit.render(ctx, 'client', values, { status: refused?.error.status ?? 200 })
    },

    /** Renders the confirmation page for an action. */
    confirm(ctx: Context, user: User, client: Client, action: ClientAction): void {
      const formToken = kit.formToken(ctx, user, formAction(action, client.clientId))
      kit.render(ctx, 'confirm-client', { ...common(ctx, user), client, action, formToken })
    },
  }
}
