import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../provider/signing-keys.ts'

/**
 * Returns the algorithm that a self-registering application requests for its ID tokens, or the default if we do not support
 * it.
 */
export function askedAlgorithm(metadata: unknown): SigningAlgorithm {
  const { id_token_signed_response_alg: asked } = (metadata ?? {}) as { id_token_signed_response_alg?: unknown }
  return SIGNING_ALGORITHMS.find(each => each === asked) ?? SIGNING_ALGORITHMS[0]
}
