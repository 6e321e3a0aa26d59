import { extensionOf } from '../../http/file-types.ts'

const MAX_STEM = 80
/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

/**
 * Makes a safe name of what a client calls a file: letters, digits, `.`, `_` and `-`, with one dot. `Urlaub (1).JPG` becomes
 * `Urlaub-1.jpg`.
 */
export function safeFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  const extension = extensionOf(base)
  const stem = (extension === '' ? base : base.slice(0, -extension.length - 1))
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/\./g, '_')
    .replace(/[^\w-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, MAX_STEM)
  const safe = stem === '' || DEVICE.test(stem) ? `file${stem === '' ? '' : `-${stem}`}` : stem
  return extension === '' ? safe : `${safe}.${extension}`
}
