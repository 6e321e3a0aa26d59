import { z } from 'zod'

/** The option `site`: what the host tells about its site. */
export interface SiteOptions {
  /** The public URL where the middleware is mounted, such as `https://example.com` or `https://example.com/blog`. */
  url: string
  /** The name of the site, as people know it: 1 to 200 characters. */
  name: string
  /** One sentence of 500 characters at most, shown in the REST index. */
  description?: string
}

/** The values of WordPress's `WP_ENVIRONMENT_TYPE`. */
export type Environment = z.output<typeof environmentSchema>

/** The checked option `site`. Its `url` has no trailing slash. */
export type Site = z.output<typeof siteSchema>

const ADDRESS = 'expected an http:// or https:// URL without a query, such as "https://example.com"'
const TEXT = 'expected a string of 1 to 200 characters'

const siteUrl = z.string(ADDRESS).transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const plain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password
  if (plain) return url.origin + url.pathname.replace(/\/+$/, '')
  context.addIssue(ADDRESS)
  return z.NEVER
})

export const siteSchema = z.strictObject(
  {
    url: siteUrl,
    name: z.string(TEXT).min(1, TEXT).max(200, TEXT),
    description: z.string().max(500, 'expected at most 500 characters').default(''),
  },
  'expected an object with url and name',
)

export const environmentSchema = z.enum(['local', 'development', 'staging', 'production']).default('production')
