import type { Content } from '../content/content.ts'
import type { ContentContext } from '../content/content-context.ts'
import { wholeContentSchema } from '../content/options.ts'
import type { ContentRestParts } from '../content-rest/build.ts'
import { checkBy } from '../values/check-options.ts'

/**
 * Calls the option `content` if it is a function, and checks the content that it returns.
 *
 * @returns null without the option
 * @throws OptionsError as `createConnect()` does for a bad option
 */
export function buildContent(given: unknown, parts: ContentContext): Content | null {
  if (given === undefined) return null
  if (typeof given !== 'function') return given as Content
  const content: unknown = given(parts)
  checkBy(wholeContentSchema, { content }, 'createConnect')
  return content as Content
}

/** Imports the routes of content only if the option is set, so that other sites do not load them. */
export async function loadContentRest(content: Content | null, parts: Omit<ContentRestParts, 'content'>) {
  if (!content) return null
  const { buildContentRest } = await import('../content-rest/build.ts')
  return buildContentRest({ content, ...parts })
}
