import type { ContentRules } from '../content/content-rules.ts'
import { ConnectError } from '../errors.ts'
import type { RestRoute } from '../rest/route.ts'
import type { Site } from '../site.ts'

/** The site's settings, for administrators to read. Clients ask for them to know the time zone and the default category. */
export function settingsRoute(site: Site, rules: ContentRules): RestRoute {
  return {
    route: '/wp/v2/settings',
    endpoints: [
      {
        methods: ['GET'],
        args: {},
        async permit({ auth }) {
          const caller = rules.callerOf(auth, 'posts')
          if (!(await rules.capabilities.can(caller.user, 'manage_options')))
            throw caller.problem ?? new ConnectError('rest_forbidden', { status: caller.user ? 403 : 401 })
          return async () => ({ body: await describe() })
        },
      },
    ],
  }

  async function describe(): Promise<object> {
    const settings = await rules.settings()
    const category = await rules.taxonomies.find(({ name }) => name === 'category')?.defaultTerm?.()
    const numberOf = category ? await rules.ids.number([{ kind: 'term', id: category }]) : null
    return {
      title: site.name,
      description: site.description,
      url: site.url,
      email: settings.email ?? '',
      timezone: settings.timezone,
      date_format: settings.dateFormat ?? 'F j, Y',
      time_format: settings.timeFormat ?? 'g:i a',
      start_of_week: settings.startOfWeek ?? 1,
      language: settings.language ?? 'en_US',
      use_smilies: false,
      default_category: category && numberOf ? numberOf('term', category) : 0,
      default_post_format: '0',
      posts_per_page: settings.postsPerPage ?? 10,
      show_on_front: 'posts',
      page_on_front: 0,
      page_for_posts: 0,
      default_ping_status: 'closed',
      default_comment_status: 'closed',
      site_logo: null,
      site_icon: 0,
    }
  }
}
