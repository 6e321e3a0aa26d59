import type { SiteOptions } from '../site.ts'

/** WordPress's path of the REST API. */
export const REST_PREFIX = '/wp-json'

/** WordPress.com's paths of its older REST API. */
export const REST_V1_PREFIXES = ['/rest/v1', '/rest/v1.1']

/** Returns the absolute URL of a REST route, such as `/wp/v2/users/me`; by default, of the index. */
export const restUrl = (site: Pick<SiteOptions, 'url'>, route = '/'): string => site.url + REST_PREFIX + route
