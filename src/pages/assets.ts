import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Middleware } from 'koa'
import { readQuery } from '../http/query.ts'
import { TEMPLATES } from './templates.ts'

const DIRECTORY = '/wp-content/plugins/koa-wp-connect/'
const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' }

/** The pages' own files; scripts import one another by name, without a version. */
const FILES = [
  'connect.css',
  'boxes.css',
  'forms.css',
  'application-passwords.css',
  'application-passwords-narrow.css',
  'oauth.css',
  'connection.css',
  'consent.js',
  'connection.js',
  'copy.js',
  'notices.js',
  'rest.js',
  'rows.js',
  'words.js',
  'profile.js',
] as const

const files = new Map(
  FILES.map(name => {
    const content = readFileSync(new URL(`assets/${name}`, TEMPLATES))
    const version = createHash('sha256').update(content).digest('hex').slice(0, 12)
    return [DIRECTORY + name, { content, version, type: TYPES[name.endsWith('.css') ? 'css' : 'js'] }]
  }),
)

/** Path of one of our files below the site's root, with its version, so that browsers may keep it for good. */
export function assetPath(name: string): string {
  const file = files.get(DIRECTORY + name)
  if (!file) throw new Error(`there is no asset ${name}`)
  return `${DIRECTORY}${name}?ver=${file.version}`
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
