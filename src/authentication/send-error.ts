import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'

/**
 * Sends an error on one of the API's paths.
 *
 * @param scope the scope that a token needs, so that a client requests only this one
 */
export type SendError = (ctx: Context, error: ConnectError, scope?: string) => void
