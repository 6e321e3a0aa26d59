import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'

/**
 * Answers an error on one of the API's paths.
 *
 * @param scope that a token would need, so that a client asks the user for no more
 */
export type SendError = (ctx: Context, error: ConnectError, scope?: string) => void
