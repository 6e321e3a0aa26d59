import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { TokenEndpointResponse } from 'openid-client'

export type Purpose = 'connect' | 'log-in'

export interface Connection {
  purpose: Purpose
  tokens: TokenEndpointResponse
  /** Of the access token. Null: the site does not say. */
  expires: Date | null
}

/** What this app knows of one browser. */
export interface Session {
  /** What the user is asked at the site just now, and what its answer is checked with. */
  pending?: { purpose: Purpose; verifier: string; state: string } | undefined
  connection?: Connection | undefined
  /** Said once. */
  notice?: string | undefined
}

// Browsers send a cookie to every port of a host, so this one's name is not one that the site may have.
const COOKIE = 'third_party_app'
const MOST = 1000

/** In memory, so they end with the process. An app in earnest keeps them in its database, the tokens encrypted. */
export function createSessions(isSecure: boolean) {
  const sessions = new Map<string, Session>()
  const idOf = (ctx: Context) => ctx.cookies.get(COOKIE) ?? ''

  function keep(ctx: Context, session: Session): Session {
    const [oldest = ''] = sessions.keys()
    if (sessions.size >= MOST) sessions.delete(oldest)
    sessions.delete(idOf(ctx))
    const id = randomBytes(32).toString('base64url')
    sessions.set(id, session)
    // Said here, because Koa does not see TLS that ends at a proxy.
    ctx.cookies.secure = isSecure
    // Lax: forms of other sites come without it, so they can neither refresh nor disconnect.
    ctx.cookies.set(COOKIE, id, { httpOnly: true, sameSite: 'lax', overwrite: true })
    return session
  }

  return {
    find: (ctx: Context): Session | undefined => sessions.get(idOf(ctx)),
    findOrBegin: (ctx: Context): Session => sessions.get(idOf(ctx)) ?? keep(ctx, {}),
    /** So that an id that somebody else planted in this browser is worth nothing once the user has come in. */
    changeId: keep,
  }
}
