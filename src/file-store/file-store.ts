import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, mkdir, unlink } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Middleware } from 'koa'
import type { FileStore } from '../content/content.ts'
import { serveFiles } from './serve-files.ts'

/** Options of `fileStore()`. */
export interface FileStoreOptions {
  /** The folder for the files. It is created when it is needed. */
  folder: string
  /** The path of the files' URLs below the site's. `/wp-content/uploads` by default, as in WordPress. */
  urlPath?: string
}

/** A folder of this machine, and the middleware that serves it. */
export interface LocalFileStore extends FileStore {
  /** Serves the files. Mount it before your own routes. */
  middleware(): Middleware
}

const MAX_TRIES = 10_000

/**
 * Keeps uploads in a folder, by year and month: `2026/03/photo.jpg`.
 *
 * @example
 * const store = fileStore({ folder: 'uploads' })
 * const content = embeddedContent({ store })
 * app.use(store.middleware())
 */
export function fileStore({ folder, urlPath = '/wp-content/uploads' }: FileStoreOptions): LocalFileStore {
  const root = resolve(folder)

  /** Links the whole file to the first name that is free: a half file never has a final name. */
  async function giveName(temporary: string, month: string, name: string): Promise<string> {
    const dot = name.lastIndexOf('.')
    for (let number = 0; number < MAX_TRIES; number++) {
      const unique = number === 0 ? name : `${name.slice(0, dot)}-${number}${name.slice(dot)}`
      try {
        await link(temporary, join(root, month, unique))
        return `${month}/${unique}`
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
    throw new Error(`${MAX_TRIES} files of this month are called ${name}`)
  }

  return {
    async put(stream: Readable, { name }) {
      const month = new Date().toISOString().slice(0, 7).replace('-', '/')
      await mkdir(join(root, month), { recursive: true })
      const temporary = join(root, month, `.${randomUUID()}.part`)
      try {
        await pipeline(stream, createWriteStream(temporary, { flags: 'wx', mode: 0o644 }))
        const key = await giveName(temporary, month, name)
        return { key, url: `${urlPath}/${key}` }
      } finally {
        await unlink(temporary).catch(() => {})
      }
    },
    async remove(key) {
      const path = resolve(root, key)
      if (!path.startsWith(root + sep)) throw new Error('The key of a file leads out of its folder.')
      await unlink(path).catch(error => {
        if (error.code !== 'ENOENT') throw error
      })
    },
    middleware: () => serveFiles(root, urlPath),
  }
}
