import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Context, Middleware } from 'koa'
import { extensionOf, FILE_TYPES } from '../http/file-types.ts'

/** The path of a file below the folder: year, month, name. */
const KEY = /^\d{4}\/\d{2}\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/
/** Browsers show these in a page or a player. Everything else is downloaded. */
const SHOWN = /^(?:image|audio|video)\//

/** Serves uploaded files, so that none of them can act as a page of the site. */
export function serveFiles(root: string, urlPath: string): Middleware {
  return async function koaWpConnectFiles(ctx, next) {
    if (!ctx.path.startsWith(`${urlPath}/`)) return next()
    const key = ctx.path.slice(urlPath.length + 1)
    const type = FILE_TYPES[extensionOf(key)]
    if ((ctx.method !== 'GET' && ctx.method !== 'HEAD') || !type || !KEY.test(key)) return next()
    if (!(await send(ctx, root, key, type))) return next()
  }
}

/** @returns whether there is such a file */
async function send(ctx: Context, root: string, key: string, type: string): Promise<boolean> {
  const path = join(root, key)
  // A link in the folder must not lead out of it.
  const [real, realRoot] = await Promise.all([realpath(path).catch(() => ''), realpath(root).catch(() => root)])
  if (!real.startsWith(realRoot + sep)) return false
  const file = await open(real, constants.O_RDONLY).catch(() => null)
  if (!file) return false
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return false
    ctx.set({
      'Content-Type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy':
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'",
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Accept-Ranges': 'bytes',
      ETag: `"${stats.size.toString(36)}-${Math.floor(stats.mtimeMs).toString(36)}"`,
    })
    ctx.lastModified = stats.mtime
    if (!SHOWN.test(type)) ctx.attachment(key.split('/').at(-1), { type: 'attachment' })
    ctx.type = type
    ctx.status = 200
    if (ctx.fresh) {
      ctx.status = 304
      return true
    }
    const range = rangeOf(ctx, stats.size)
    if (range === 'invalid') {
      ctx.status = 416
      ctx.set('Content-Range', `bytes */${stats.size}`)
      return true
    }
    const { start, end } = range ?? { start: 0, end: stats.size - 1 }
    if (range) {
      ctx.status = 206
      ctx.set('Content-Range', `bytes ${start}-${end}/${stats.size}`)
    }
    ctx.length = end - start + 1
    if (ctx.method === 'HEAD' || stats.size === 0) return true
    ctx.body = file.createReadStream({ start, end, autoClose: true })
    ctx.type = type
    ctx.length = end - start + 1
    return true
  } finally {
    if (!ctx.body) await file.close()
  }
}

/** One range (RFC 9110, section 14.1.2). Several at once are ignored, as the RFC allows. */
function rangeOf(ctx: Context, size: number): { start: number; end: number } | 'invalid' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(ctx.get('Range'))
  const isStale = ctx.get('If-Range') !== '' && ctx.get('If-Range') !== ctx.response.get('ETag')
  if (!match || isStale || (match[1] === '' && match[2] === '')) return null
  const [, first = '', last = ''] = match
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start > end || start >= size ? 'invalid' : { start, end }
}
