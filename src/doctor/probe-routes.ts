import type { Context, Middleware } from 'koa'
import type { SendError } from '../authentication/send-error.ts'
import { ConnectError } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import { readQuery } from '../http/query.ts'
import { setPageHeaders } from '../pages/headers.ts'
import { answerJson } from '../rest/answer.ts'
import { REST_PREFIX } from '../rest/url.ts'
import type { Probes, Test } from './probes.ts'

/** WordPress's Site Health sends the same credentials. They are valid nowhere. */
export const DUMMY_CREDENTIALS = `Basic ${Buffer.from('user:pwd').toString('base64')}`

const TESTS: Readonly<Record<Test, (ctx: Context) => boolean>> = {
  'authorization-header': ctx => ctx.get('Authorization') === DUMMY_CREDENTIALS,
  'https-status': ctx => ctx.secure,
  'caller-address': ctx => clientAddress(ctx.ip) !== null,
}

/** Returns the path of a test below the site's root, with its nonce. */
export const probePath = (test: Test, nonce: string): string =>
  `${REST_PREFIX}/wp-site-health/v1/tests/${test}?_wpnonce=${nonce}`

/**
 * Answers the doctor's test requests. It runs before authentication, so that the dummy credentials do not count as a failed
 * attempt. Without a nonce these paths do not exist.
 */
export function probeRoutes(probes: Probes, sendError: SendError): Middleware {
  const byPath = new Map(Object.keys(TESTS).map(test => [probePath(test as Test, '').split('?')[0], test as Test]))

  return async function koaWpConnectProbes(ctx, next) {
    const test = byPath.get(ctx.path)
    const nonce = test && ctx.method === 'GET' ? readQuery(ctx).get('_wpnonce') : undefined
    if (!test || nonce === undefined) return next()
    if (!(await probes.takeNonce(test, nonce))) return sendError(ctx, new ConnectError('rest_cookie_invalid_nonce'))
    // The headers of a page whose form may redirect to another site. So the doctor sees what a proxy adds to them.
    setPageHeaders(ctx, true)
    answerJson(ctx, 200, probes.prove(test, nonce, TESTS[test](ctx)))
  }
}
