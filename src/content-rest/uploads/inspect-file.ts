import { isUtf8 } from 'node:buffer'
import { ConnectError } from '../../errors.ts'
import { extensionOf, FILE_TYPES } from '../../http/file-types.ts'
import { loadPeer } from '../../values/load-peer.ts'

/** As many bytes as the type of a file can be told from. */
export const HEAD = 4100

/** As much of an AVIF or HEIC file as has its size. */
const MAX_BOXES = 64 * 1024

/** Types that `file-type` tells otherwise than the end of the name does, and that are the same. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  'audio/mp4': ['audio/x-m4a', 'video/mp4'],
  'video/mp4': ['video/x-m4v'],
  'audio/ogg': ['audio/opus', 'video/ogg', 'application/ogg'],
  'video/ogg': ['audio/ogg', 'application/ogg'],
  'video/avi': ['video/vnd.avi', 'video/x-msvideo'],
  'audio/flac': ['audio/x-flac'],
  'audio/wav': ['audio/vnd.wave', 'audio/x-wav'],
  'image/heic': ['image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  'image/bmp': ['image/x-ms-bmp'],
  'image/x-icon': ['image/vnd.microsoft.icon'],
  'application/gzip': ['application/x-gzip'],
}

/** Office documents are archives, whose first bytes may not say of what. */
const ARCHIVES = /^application\/vnd\.(?:openxmlformats|oasis)/

/**
 * Checks that a file may be uploaded: its name ends as an allowed type does, and its bytes are of that type.
 *
 * @param head the first {@link HEAD} bytes, or the whole file
 * @returns the type
 * @throws ConnectError `rest_upload_sideload_error`
 */
export async function typeOfFile(name: string, head: Buffer): Promise<string> {
  const expected = FILE_TYPES[extensionOf(name)]
  if (expected === undefined) throw new ConnectError('rest_upload_sideload_error')
  if (expected.startsWith('text/')) {
    if (isPlainText(head)) return expected
    throw new ConnectError('rest_upload_sideload_error')
  }
  const { fileTypeFromBuffer } = await loadPeer<typeof import('file-type')>('file-type')
  const found = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime
  const isRight =
    found === expected ||
    (found !== undefined && SAME[expected]?.includes(found)) ||
    (found === 'application/zip' && ARCHIVES.test(expected))
  if (!isRight) throw new ConnectError('rest_upload_sideload_error')
  return expected
}

/** Text without NUL that does not begin like markup, which a careless program could take for a page. */
function isPlainText(head: Buffer): boolean {
  // The last character may be cut.
  const whole = [0, 1, 2, 3].some(cut => isUtf8(head.subarray(0, head.length - cut)))
  return whole && !head.includes(0) && !/^\s*(?:<|%PDF|#!)/.test(head.toString('utf8').replace(/^\uFEFF/, ''))
}

/** Returns the size of an image in pixels; null for what is no image or cannot be read. */
export async function sizeOfImage(mimeType: string, head: Buffer): Promise<{ width: number; height: number } | null> {
  if (!mimeType.startsWith('image/')) return null
  const { imageSize } = await loadPeer<typeof import('image-size')>('image-size')
  try {
    // In these, the reader's time grows with the square of what it reads.
    const read = /avif|heic/.test(mimeType) ? head.subarray(0, MAX_BOXES) : head
    const { width, height, orientation = 1 } = imageSize(read)
    const isSane = [width, height].every(side => Number.isSafeInteger(side) && side > 0 && side < 2 ** 31)
    if (!isSane) return null
    // From 5 on, the camera lay on its side (EXIF).
    return orientation >= 5 ? { width: height, height: width } : { width, height }
  } catch {
    return null
  }
}
