import { ConnectError } from '../../errors.ts'

/**
 * Returns the file name of a `Content-Disposition` header (RFC 6266), in its extended form too (RFC 8187).
 *
 * @throws ConnectError `rest_upload_no_content_disposition`, `rest_upload_invalid_disposition`
 */
export function fileNameOf(header: string): string {
  if (header.trim() === '') throw new ConnectError('rest_upload_no_content_disposition')
  const name = extendedName(header) ?? plainName(header)
  if (name === undefined || name.trim() === '') throw new ConnectError('rest_upload_invalid_disposition')
  return name
}

function extendedName(header: string): string | undefined {
  const match = /(?:^|;)\s*filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(header)
  if (!match) return undefined
  try {
    return decodeURIComponent(match[1] ?? '')
  } catch {
    throw new ConnectError('rest_upload_invalid_disposition')
  }
}

function plainName(header: string): string | undefined {
  const quoted = /(?:^|;)\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)
  const name = quoted?.[1]?.replace(/\\(.)/g, '$1') ?? /(?:^|;)\s*filename\s*=\s*([^";\s][^";]*)/i.exec(header)?.[1]
  // Node reads headers as Latin-1, and clients send UTF-8.
  const bytes = Buffer.from(name ?? '', 'latin1')
  const utf8 = bytes.toString('utf8')
  return name === undefined ? undefined : utf8.includes('\uFFFD') ? name : utf8
}
