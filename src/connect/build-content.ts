import type { Content } from '../content/content.ts'
import type { ContentContext } from '../content/content-context.ts'
import { wholeContentSchema } from '../content/options.ts'
import { peersOf } from '../content/peers.ts'
import type { ContentRestParts } from '../content-rest/build.ts'
import { OptionsError } from '../errors.ts'
import { checkBy } from '../values/check-options.ts'
import { missingPeers } from '../values/load-peer.ts'

/**
 * Calls the option `content` if it is a function, and checks the content that it returns.
 *
 * @returns null without the option
 * @throws OptionsError as `createConnect()` does for a bad option
 */
export function buildContent(given: unknown, parts: ContentContext): Content | null {
  if (given === undefined) return null
  const content: unknown = typeof given === 'function' ? given(parts) : given
  checkBy(wholeContentSchema, { content }, 'createConnect')
  requirePeers(content as Content)
  return content as Content
}

function requirePeers(content: Content): void {
  const missing = missingPeers(peersOf(content)).join(' ')
  if (missing === '') return
  throw new OptionsError(`createConnect: content: needs more packages. Run: npm install ${missing}`)
}

/** Imports the routes of content only if the option is set, so that other sites do not load them. */
export async function loadContentRest(content: Content | null, parts: Omit<ContentRestParts, 'content'>) {
  if (!content) return null
  const { buildContentRest } = await import('../content-rest/build.ts')
  return buildContentRest({ content, ...parts })
}
