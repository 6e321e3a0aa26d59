import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits as 43 letters, digits, `-` and `_`. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of such a token: 256 random bits need no salt and no slow hash. 43 characters. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url')
