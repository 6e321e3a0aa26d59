import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { ConnectError } from '../../errors.ts'

/** Enough of an image to find its size, behind long EXIF data. */
const MAX_HEAD = 512 * 1024

/** Passes a file on, while it counts and remembers what is needed of it. It ends with an error if the file is too large. */
export class WatchedStream extends Transform {
  size = 0
  readonly #maxBytes: number
  readonly #md5 = createHash('md5')
  #head: Buffer[] = []
  #headSize = 0

  constructor(maxBytes: number) {
    super()
    this.#maxBytes = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length
    if (this.size > this.#maxBytes) {
      done(new ConnectError('rest_upload_file_too_big'))
      return
    }
    this.#md5.update(chunk)
    if (this.#headSize < MAX_HEAD) {
      const part = chunk.subarray(0, MAX_HEAD - this.#headSize)
      this.#head.push(Buffer.from(part))
      this.#headSize += part.length
    }
    done(null, chunk)
  }

  /** The beginning of the file. */
  get head(): Buffer {
    return Buffer.concat(this.#head)
  }

  /** Call it once, at the end. */
  md5(): Buffer {
    return this.#md5.digest()
  }
}
