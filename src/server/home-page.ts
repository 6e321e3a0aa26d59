import type Router from '@koa/router'
import type { Connect } from '../connect.ts'
import type { SiteOptions } from '../options.ts'
import { assetPath } from '../pages/assets.ts'
import { renderTemplate } from '../pages/templates.ts'
import { restUrl } from '../wordpress/rest-url.ts'

/** The site's own home page; its Link header is how WordPress clients find the REST API. */
export function homePage(router: Router, connect: Connect, site: SiteOptions): void {
  const root = new URL(site.url).pathname.replace(/\/$/, '')
  const path = (below: string) => root + below
  const html = renderTemplate('home', {
    site,
    path,
    asset: (name: string) => path(assetPath(name)),
    user: null,
    logoutUrl: null,
    restUrl: restUrl(site),
  })
  // Browsers ask for it by themselves; a 404 would stand on every page's console.
  router.get('/favicon.ico', ctx => {
    ctx.status = 204
  })
  router.get('/', ctx => {
    ctx.append('Link', connect.discoveryLink)
    ctx.set({
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'X-Content-Type-Options': 'nosniff',
    })
    ctx.type = 'html'
    ctx.body = html
  })
}
