import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../provider/signing-keys.ts'

/** By which algorithm an application that registers itself wants its ID tokens signed: the default for one that is not here. */
export function askedAlgorithm(metadata: unknown): SigningAlgorithm {
  const { id_token_signed_response_alg: asked } = (metadata ?? {}) as { id_token_signed_response_alg?: unknown }
  return SIGNING_ALGORITHMS.find(each => each === asked) ?? SIGNING_ALGORITHMS[0]
}
