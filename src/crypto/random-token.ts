import { createHash, randomBytes } from 'node:crypto'

/** Returns 256 random bits as 43 letters, digits, `-` and `_`. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** Hashes such a token for storage: 256 random bits need neither a salt nor a slow hash. 43 characters. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url')
