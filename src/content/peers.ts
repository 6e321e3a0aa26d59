import type { Content } from './content.ts'

/** Cleans the markup that users write. */
const CLEANING = ['sanitize-html']
/** Receive and check uploads. */
const UPLOADING = ['busboy', 'file-type', 'image-size']

/** The packages that a site with content may need. */
export const CONTENT_PEERS: readonly string[] = [...CLEANING, ...UPLOADING]

/** Returns the packages that this content needs: a site that is only read needs none. */
export function peersOf({ types, taxonomies = {}, media }: Content): string[] {
  const sources = [...Object.values(types), ...Object.values(taxonomies), ...(media ? [media] : [])]
  const isWritten = sources.some(({ create, update }) => create !== undefined || update !== undefined)
  const isUploadedTo = media?.create !== undefined && media.store !== undefined
  return [...(isWritten ? CLEANING : []), ...(isUploadedTo ? UPLOADING : [])]
}
