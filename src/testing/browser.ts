import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import Koa from 'koa'
import type { Connect } from '../connect/connect-types.ts'
import { rootPathOf } from '../http/root-path.ts'

export interface PageAnswer {
  body: unknown
  location: string
}

export type Browser = ReturnType<typeof createBrowser>

/** Opens pages of the package without a server or a network, and keeps their cookies. */
export function createBrowser(connect: Pick<Connect, 'pages'>, siteUrl: string, firstCookie: string) {
  const app = new Koa()
  const pages = connect.pages()
  const root = rootPathOf(siteUrl)
  const cookies = new Map<string, string>()
  keep([firstCookie])

  function keep(pairs: readonly string[]): void {
    for (const pair of pairs) {
      const [cookie = ''] = pair.split(';')
      cookies.set(cookie.slice(0, cookie.indexOf('=')), cookie)
    }
  }
  const cookie = () => [...cookies.values()].join('; ')

  /** Returns the path as the middleware sees it, below the path that it is mounted at. */
  function pathOf(address: string): string {
    const { pathname, search } = new URL(address, siteUrl)
    return (pathname.startsWith(`${root}/`) ? pathname.slice(root.length) : pathname) + search
  }

  async function open(method: string, address: string, form?: Record<string, string>): Promise<PageAnswer> {
    const request = Object.assign(new IncomingMessage(new Socket()), { method, url: pathOf(address) })
    request.headers = { host: 'localhost', cookie: cookie() }
    const ctx = app.createContext(request, new ServerResponse(request))
    // A body parser leaves the form in the same place.
    if (form) Object.assign(ctx.request, { body: form })
    await pages(ctx, async () => {})
    keep([ctx.res.getHeader('set-cookie') ?? []].flat().map(String))
    return { body: ctx.body, location: String(ctx.res.getHeader('location') ?? '') }
  }

  return {
    cookie,
    /** @param address absolute URL, or a path from the root of the site's host */
    get: (address: string): Promise<PageAnswer> => open('GET', address),
    post: (address: string, form: Record<string, string>): Promise<PageAnswer> => open('POST', address, form),
  }
}
