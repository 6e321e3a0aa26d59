import type { SiteOptions } from '../site.ts'

/** Where WordPress has its REST API. */
export const REST_PREFIX = '/wp-json'

/** Where WordPress.com has its own, older one. */
export const REST_V1_PREFIXES = ['/rest/v1', '/rest/v1.1']

/** The whole address of a REST route, such as `/wp/v2/users/me`; of the index if none is given. */
export const restUrl = (site: Pick<SiteOptions, 'url'>, route = '/'): string => site.url + REST_PREFIX + route
