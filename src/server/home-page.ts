import type Router from '@koa/router'
import { curlCommand } from '../application-passwords/pages/new-password.ts'
import type { Connect } from '../connect/connect-types.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import type { Theme } from '../pages/theme.ts'
import { restUrl } from '../rest/url.ts'
import type { Environment, Site } from '../site.ts'
import { CONTENT_POLICY, latestPosts } from './content-pages.ts'

interface HomePageParts {
  connect: Connect
  site: Site
  environment: Environment
  theme: Theme
}

/** The site's own home page. WordPress clients find the REST API by its Link header. */
export function homePage(router: Router, { connect, site, environment, theme }: HomePageParts): void {
  // Browsers request it automatically, and a 404 would appear in the console of every page.
  router.get('/favicon.ico', ctx => {
    ctx.status = 204
  })
  router.get('/', async ctx => {
    ctx.append('Link', connect.discoveryLink)
    ctx.set({
      'Content-Security-Policy': CONTENT_POLICY,
      'X-Content-Type-Options': 'nosniff',
    })
    ctx.vary('Cookie')
    const user = await connect.users.current(ctx)
    if (user) ctx.set('Cache-Control', 'no-store')
    const { html, language } = theme.render(ctx, 'home', {
      restUrl: restUrl(site),
      posts: await latestPosts(connect.content, site),
      user,
      curl: curlCommand(user?.login ?? 'admin', `${site.url}/api/posts`),
      // Without a token, the page asks for confirmation.
      logoutUrl: user && theme.path(`${PAGE_PATHS.login}?action=logout`),
      // The same condition as for application passwords.
      isOffered: ctx.secure || environment === 'local',
    })
    ctx.set('Content-Language', language)
    ctx.vary('Accept-Language')
    ctx.type = 'html'
    ctx.body = html
  })
}
