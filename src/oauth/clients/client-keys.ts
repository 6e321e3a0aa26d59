import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { ConnectError } from '../../errors.ts'

/** The algorithms that clients may authenticate with (RFC 7523, section 2.2). */
export const CLIENT_KEY_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const
const MAX_KEYS = 20
/**
 * In practice it is 65537. An exponent as long as the key makes each check a hundred times slower, and everyone can have
 * assertions checked against their own keys.
 */
const MAX_RSA_EXPONENT = 2n ** 32n
const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use']
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** A client's public keys (RFC 7517, section 5), without other members. */
export interface ClientKeys {
  keys: Record<string, string>[]
}

const invalid = (message: string) => new ConnectError('invalid_client_metadata', { message })

/** @throws ConnectError `invalid_client_metadata` if no key is usable, or if one is secret */
export function readClientKeys(value: unknown): ClientKeys {
  const { keys } = (value ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys) || keys.length > MAX_KEYS)
    throw invalid(`jwks must contain an array of at most ${MAX_KEYS} keys`)
  const objects = keys.filter(key => typeof key === 'object' && key !== null) as Record<string, unknown>[]
  if (objects.some(key => SECRET_MEMBERS.some(name => name in key))) throw invalid('jwks must only contain public keys')
  const usable = objects.map(publicPart).filter(isUsable)
  if (usable.length === 0) throw invalid('jwks must contain a key for RS256 (at least 2048 bits), ES256 or EdDSA')
  return { keys: usable }
}

function publicPart(key: Record<string, unknown>): Record<string, string> {
  const members = PUBLIC_MEMBERS.map(name => [name, key[name]]).filter(([, member]) => typeof member === 'string')
  return Object.fromEntries(members)
}

function isUsable(key: Record<string, string>): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    if (asymmetricKeyType === 'rsa') {
      const { modulusLength = 0, publicExponent = MAX_RSA_EXPONENT } = asymmetricKeyDetails ?? {}
      return modulusLength >= 2048 && modulusLength <= 8192 && publicExponent < MAX_RSA_EXPONENT
    }
    return asymmetricKeyType === 'ed25519' || asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}
