import type { Context } from 'koa'
import type { ArgumentSchema, Arguments, Values } from '../rest/arguments.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'

export const ID: ArgumentSchema = { type: 'integer' }
export const IDS: ArgumentSchema = { type: 'array', items: ID }

/** The arguments that every list has. */
export const PAGING: Arguments = {
  page: { type: 'integer', default: 1, minimum: 1 },
  per_page: { type: 'integer', default: 10, minimum: 1, maximum: 100 },
  search: { type: 'string' },
  exclude: { ...IDS, default: [] },
  include: { ...IDS, default: [] },
  offset: { type: 'integer' },
}

interface Page {
  number: number
  offset: number
  limit: number
}

/** Returns the part of a list that a request asks for. */
export function pageAsked(values: Values): Page {
  const limit = values.number('per_page') ?? 10
  const number = values.number('page') ?? 1
  const offset = Math.max(0, values.number('offset') ?? (number - 1) * limit)
  return { number: Math.floor(offset / limit) + 1, offset, limit }
}

/** Returns WordPress's headers about a page of a list: how many there are, and where the pages before and after it are. */
export function pageHeaders(
  site: Site,
  ctx: Context,
  route: string,
  total: number,
  { number, limit }: Page,
): Record<string, string> {
  const pages = Math.ceil(total / limit)
  const link = (page: number, rel: string) => {
    const query = new URLSearchParams(ctx.querystring)
    query.delete('rest_route')
    query.set('page', String(page))
    return `<${restUrl(site, route)}?${query}>; rel="${rel}"`
  }
  const links = [
    ...(number > 1 && pages > 0 ? [link(Math.min(number - 1, pages), 'prev')] : []),
    ...(pages > number ? [link(number + 1, 'next')] : []),
  ]
  return {
    'X-WP-Total': String(total),
    'X-WP-TotalPages': String(pages),
    ...(links.length > 0 && { Link: links.join(', ') }),
  }
}
