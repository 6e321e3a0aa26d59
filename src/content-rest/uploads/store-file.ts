import { Readable } from 'node:stream'
import type { FileStore } from '../../content/content.ts'
import type { UploadedFile } from '../../content/media-rules.ts'
import { ConnectError } from '../../errors.ts'
import { safeFileName } from './file-name.ts'
import { HEAD, sizeOfImage, typeOfFile } from './inspect-file.ts'
import { WatchedStream } from './watched-stream.ts'

/** No byte for so long: the client is gone. */
export const limits = { silenceMs: 30_000 } // tests wait less

interface Storing {
  name: string
  stream: Readable
  store: FileStore
  maxBytes: number
  /** Of the header `Content-MD5`; `''` if there is none. */
  md5: string
}

/**
 * Streams a file into the store, while its type is checked by its first bytes. Nothing stays of a file that is refused.
 *
 * @throws ConnectError `rest_upload_no_data`, `rest_upload_sideload_error`, `rest_upload_file_too_big`,
 * `rest_upload_hash_mismatch`, `incomplete_body`, `body_too_slow`, `content_unavailable`
 */
export async function storeFile({ name, stream, store, maxBytes, md5 }: Storing): Promise<UploadedFile> {
  const safeName = safeFileName(name)
  const watched = new WatchedStream(maxBytes)
  const silence = setTimeout(() => watched.destroy(new ConnectError('body_too_slow')), limits.silenceMs)
  stream.on('data', () => silence.refresh())
  stream.once('error', error => watched.destroy(asUploadError(error)))
  stream.once('aborted', () => watched.destroy(new ConnectError('incomplete_body')))
  stream.once('close', () => {
    if (!stream.readableEnded) watched.destroy(new ConnectError('incomplete_body'))
  })
  // The watcher begins to pass on only when somebody reads it, so memory stays bounded.
  stream.pipe(watched)
  try {
    const { head, rest } = await readHead(watched)
    if (head.length === 0) throw new ConnectError('rest_upload_no_data')
    const mimeType = await typeOfFile(safeName, head)
    const stored = await store.put(rest, { name: safeName, mimeType }).catch(error => {
      throw asStoreError(watched.errored ?? error)
    })
    if (md5 !== '' && !isMd5(watched.md5(), md5)) {
      await store.remove(stored.key)
      throw new ConnectError('rest_upload_hash_mismatch')
    }
    const size = await sizeOfImage(mimeType, watched.head)
    return { ...stored, name, mimeType, size: watched.size, width: size?.width ?? null, height: size?.height ?? null }
  } finally {
    clearTimeout(silence)
    stream.unpipe(watched)
    watched.destroy()
  }
}

/** Reads the first bytes, and returns a stream of the whole. */
async function readHead(watched: WatchedStream): Promise<{ head: Buffer; rest: Readable }> {
  const iterator = watched[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const chunks: Buffer[] = []
  let length = 0
  while (length < HEAD) {
    const { value, done } = await iterator.next()
    if (done) break
    chunks.push(value)
    length += value.length
  }
  async function* whole() {
    yield* chunks
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return { head: Buffer.concat(chunks).subarray(0, HEAD), rest: Readable.from(whole(), { objectMode: false }) }
}

function isMd5(digest: Buffer, given: string): boolean {
  return given.trim().toLowerCase() === digest.toString('hex') || given.trim() === digest.toString('base64')
}

const asUploadError = (error: unknown) =>
  error instanceof ConnectError ? error : new ConnectError('incomplete_body', { cause: error })

const asStoreError = (error: unknown) =>
  error instanceof ConnectError ? error : new ConnectError('content_unavailable', { cause: error })
