import type { Context } from 'koa'
import { type Fields, parseForm } from './body.ts'
import { phpParameters } from './php-parameters.ts'

/**
 * The parameters of the address, by name; of a repeated one the last counts, as in PHP. Not by Koa's `ctx.query`, whose cost
 * grows with the square of their number: an address of 14 KB would keep the process busy for a second.
 */
export const readQuery = (ctx: Context): Fields => parseForm(ctx.querystring)

/** What was sent, by name: text, or what PHP makes of nested names. */
export type Parameters = ReadonlyMap<string, unknown>

/** The same, with nested names as PHP reads them. */
export const readQueryParameters = (ctx: Context): Parameters => phpParameters(new URLSearchParams(ctx.querystring))
