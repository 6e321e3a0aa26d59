import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Middleware } from 'koa'
import { readQuery } from '../http/query.ts'
import { TEMPLATES } from './templates.ts'

export const ASSETS_PATH = '/wp-content/plugins/koa-wp-connect/'
/** Content types by file extension; other files are not served. */
const TYPES = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
])
const FOLDER = new URL('assets/', TEMPLATES)

/** The pages' own files. Scripts import one another by name, without a version. */
const files = new Map(
  readdirSync(FOLDER).flatMap(name => {
    const type = TYPES.get(extname(name))
    if (type === undefined) return []
    const content = readFileSync(new URL(name, FOLDER))
    const version = createHash('sha256').update(content).digest('hex').slice(0, 12)
    return [[ASSETS_PATH + name, { content, version, type }] as const]
  }),
)

/** Returns the path of one of our files below the site's root, with its version, so that browsers may cache it forever. */
export function assetPath(name: string): string {
  const file = files.get(ASSETS_PATH + name)
  if (!file) throw new Error(`the asset ${name} does not exist`)
  return `${ASSETS_PATH}${name}?ver=${file.version}`
}

/** Serves our own stylesheet and scripts. */
export const assets: Middleware = function koaWpConnectAssets(ctx, next) {
  const file = files.get(ctx.path)
  if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
  ctx.set({
    'Content-Type': file.type,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': readQuery(ctx).get('ver') === file.version ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  ctx.etag = file.version
  ctx.status = 200
  if (ctx.fresh) ctx.status = 304
  else ctx.body = file.content
  return undefined
}
