import { isUtf8 } from 'node:buffer'
import { ConnectError } from '../errors.ts'

interface BasicCredentials {
  login: string
  password: string
}

/**
 * Reads an Authorization header of the Basic scheme (RFC 7617, UTF-8). Another scheme, or none, is not ours: `null`.
 *
 * @throws ConnectError `invalid_authorization_header` for a Basic header that holds no user and password.
 */
export function parseBasic(header: string): BasicCredentials | null {
  const scheme = /^basic(?:\s+|$)/i.exec(header)
  if (!scheme) return null
  const encoded = header.slice(scheme[0].length).trim()
  // PHP, and so WordPress, takes base64 with or without its padding.
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(encoded)) throw new ConnectError('invalid_authorization_header')
  const decoded = decodeUtf8(Buffer.from(encoded, 'base64'))
  const colon = decoded.indexOf(':')
  if (colon < 0) throw new ConnectError('invalid_authorization_header')
  return { login: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ConnectError('invalid_authorization_header')
  return bytes.toString()
}
