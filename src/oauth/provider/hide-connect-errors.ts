import { ConnectError } from '../../errors.ts'

/**
 * Hides our errors from oidc-provider, which sends any error with `expose = true` to the client: we answer database
 * failures ourselves. The original stays as the `cause`, and `callProvider()` throws it.
 */
export const hideConnectErrors =
  <A extends unknown[], T>(work: (...given: A) => Promise<T>) =>
  async (...given: A): Promise<T> => {
    try {
      return await work(...given)
    } catch (error) {
      throw error instanceof ConnectError ? new Error(error.message, { cause: error }) : error
    }
  }
