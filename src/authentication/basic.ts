import { isUtf8 } from 'node:buffer'
import { ConnectError } from '../errors.ts'

interface BasicCredentials {
  login: string
  password: string
}

/**
 * Reads an Authorization header of the Basic scheme (RFC 7617), in UTF-8 or, from older clients, ISO-8859-1. Returns null
 * for another scheme or an empty header.
 *
 * @throws ConnectError `invalid_authorization_header` for a Basic header without login and password
 */
export function parseBasic(header: string): BasicCredentials | null {
  const scheme = /^basic(?:\s+|$)/i.exec(header)
  if (!scheme) return null
  const encoded = header.slice(scheme[0].length).trim()
  // PHP, and so WordPress, accepts base64 with or without padding.
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(encoded)) throw new ConnectError('invalid_authorization_header')
  const decoded = decode(Buffer.from(encoded, 'base64'))
  const colon = decoded.indexOf(':')
  if (colon < 0) throw new ConnectError('invalid_authorization_header')
  return { login: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}

const decode = (bytes: Buffer): string => bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')

/** Whether the header has Basic credentials, valid or not. */
export const isBasic = (header: string): boolean => /^basic(?:\s|$)/i.test(header)
