import type Router from '@koa/router'
import type { Connect } from '../connect-types.ts'
import type { Site } from '../options.ts'
import type { Look } from '../pages/look.ts'
import { restUrl } from '../wordpress/rest-url.ts'

/** The site's own home page; its Link header is how WordPress clients find the REST API. */
export function homePage(router: Router, connect: Connect, site: Site, look: Look): void {
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
    const { html, language } = look.render(ctx, 'home', { restUrl: restUrl(site) })
    ctx.set('Content-Language', language)
    ctx.vary('Accept-Language')
    ctx.type = 'html'
    ctx.body = html
  })
}
