import type { Context } from 'koa'
import { type Fields, parseForm } from './body.ts'
import { phpParameters } from './php-parameters.ts'

/**
 * Returns the parameters of the URL, by name. As in PHP, the last of repeated ones counts. It does not use Koa's
 * `ctx.query`, whose cost grows with the square of their number: a URL of 14 KB would block the process for a second.
 */
export const readQuery = (ctx: Context): Fields => parseForm(ctx.querystring)

/** Parameters by name: text, or the value that PHP makes of nested names. */
export type Parameters = ReadonlyMap<string, unknown>

/** The same, with nested names as in PHP. */
export const readQueryParameters = (ctx: Context): Parameters => phpParameters(new URLSearchParams(ctx.querystring))
