/** Returns the path of a site's URL, without a trailing slash: `/blog` for `https://example.com/blog`, '' for a root. */
export const rootPathOf = (siteUrl: string): string => new URL(siteUrl).pathname.replace(/\/$/, '')
