import type { SiteOptions } from '../options.ts'

/** Where WordPress has its REST API. */
export const REST_PREFIX = '/wp-json'

/** The whole address of a REST route, such as `/wp/v2/users/me`; of the index if none is given. */
export const restUrl = (site: Pick<SiteOptions, 'url'>, route = '/'): string => site.url + REST_PREFIX + route
