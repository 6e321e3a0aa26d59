/** The path of a site's own address, behind which all of its paths lie: `/blog` of `https://example.com/blog`, '' of a root. */
export const rootPathOf = (siteUrl: string): string => new URL(siteUrl).pathname.replace(/\/$/, '')
