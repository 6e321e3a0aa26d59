import type { Context } from 'koa'
import type { FileStore } from '../../content/content.ts'
import type { UploadedFile } from '../../content/media-rules.ts'
import { ConnectError } from '../../errors.ts'
import { phpParameters } from '../../http/php-parameters.ts'
import { loadPeer } from '../../values/load-peer.ts'
import { fileNameOf } from './content-disposition.ts'
import { limits, storeFile } from './store-file.ts'

export interface Upload {
  file: UploadedFile
  /** The other fields of a form. */
  fields: ReadonlyMap<string, unknown>
}

interface Target {
  store: FileStore
  maxBytes: number
}

/** In one process. More would fill the disk's queue, and the memory of streams. */
const MAX_AT_ONCE = 20
const FIELDS = { fields: 100, fieldSize: 64 * 1024, files: 1, parts: 110 }

let underWay = 0

/**
 * Receives a file as WordPress does: as the body with a `Content-Disposition`, or as `file` in a form.
 *
 * @throws ConnectError as `storeFile()`, and `rest_upload_no_content_disposition`, `rest_upload_invalid_disposition`, `busy`
 */
export async function receiveUpload(ctx: Context, target: Target): Promise<Upload> {
  if (underWay >= MAX_AT_ONCE) throw unread(new ConnectError('busy'))
  const { length } = ctx.request
  if (length !== undefined && length > target.maxBytes + FIELDS.fieldSize)
    throw unread(new ConnectError('rest_upload_file_too_big'))
  underWay++
  try {
    const isForm = Boolean(ctx.is('multipart/form-data'))
    return isForm ? await receiveForm(ctx, target) : { file: await receiveBody(ctx, target), fields: new Map() }
  } catch (error) {
    throw error instanceof ConnectError ? unread(error) : error
  } finally {
    underWay--
  }
}

/** The rest of the body is never read, so the connection cannot serve another request. */
const unread = (error: ConnectError): ConnectError =>
  new ConnectError(error.code, {
    message: error.message,
    cause: error.cause,
    headers: { ...error.headers, Connection: 'close' },
  })

async function receiveBody(ctx: Context, target: Target): Promise<UploadedFile> {
  if ((ctx.request.length ?? 1) === 0 || ctx.req.readableEnded) throw new ConnectError('rest_upload_no_data')
  const name = fileNameOf(ctx.get('Content-Disposition'))
  return storeFile({ ...target, name, stream: ctx.req, md5: ctx.get('Content-MD5') })
}

async function receiveForm(ctx: Context, target: Target): Promise<Upload> {
  const { default: busboy } = await loadPeer<{ default: typeof import('busboy') }>('busboy')
  const pairs: [string, string][] = []
  let storing: Promise<UploadedFile> | null = null
  let silence: NodeJS.Timeout | undefined
  try {
    // A client that left while its password was checked: the stream has closed, and will not say so again.
    if (ctx.req.destroyed && !ctx.req.readableEnded) throw new ConnectError('incomplete_body')
    const parser = busboy({ headers: ctx.req.headers, limits: FIELDS, defParamCharset: 'utf8' })
    await new Promise<void>((resolve, reject) => {
      parser.on('field', (name, value) => pairs.push([name, value]))
      parser.on('file', (field, stream, { filename }) => {
        if (field !== 'file' || storing) return stream.resume()
        storing = storeFile({ ...target, name: filename || 'file', stream, md5: ctx.get('Content-MD5') })
        storing.catch(reject)
      })
      parser.once('error', error => reject(new ConnectError('incomplete_body', { cause: error })))
      parser.once('close', resolve)
      // Before the file and after it too.
      silence = setTimeout(() => reject(new ConnectError('body_too_slow')), limits.silenceMs)
      ctx.req.on('data', () => silence?.refresh())
      ctx.req.once('close', () => {
        if (!ctx.req.readableEnded) parser.destroy(new Error('The client went away.'))
      })
      ctx.req.pipe(parser)
    })
  } catch (error) {
    ctx.req.unpipe()
    await (storing as Promise<UploadedFile> | null)?.then(({ key }) => target.store.remove(key)).catch(() => {})
    throw error instanceof ConnectError ? error : new ConnectError('incomplete_body', { cause: error })
  } finally {
    clearTimeout(silence)
  }
  if (!storing) throw new ConnectError('rest_upload_no_data')
  return { file: await storing, fields: phpParameters(pairs) }
}
