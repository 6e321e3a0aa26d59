import { z } from 'zod'

/** What the host says of its site. */
export interface SiteOptions {
  /** Where a browser sees the root that the middleware is mounted at, such as `https://example.com` or `https://example.com/blog`. */
  url: string
  /** As people know the site. */
  name: string
  /** One sentence; goes out in the REST index. */
  description?: string
}

/** As WordPress's `WP_ENVIRONMENT_TYPE`. */
export type Environment = z.output<typeof environmentSchema>

/** The site as it is once checked: its `url` has no slash at its end. */
export type Site = z.output<typeof siteSchema>

const ADDRESS = 'expected an http:// or https:// address without query, such as "https://example.com"'
const TEXT = 'expected a text of 1 to 200 characters'

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
    description: z.string().max(500, 'expected 500 characters at most').default(''),
  },
  'expected an object with url and name',
)

export const environmentSchema = z.enum(['local', 'development', 'staging', 'production']).default('production')
