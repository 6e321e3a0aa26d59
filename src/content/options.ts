import { z } from 'zod'
import type { Content } from './content.ts'

const CONTENT = 'expected an object with types, or embeddedContent()'
const NAME = /^[a-z][a-z0-9_-]{0,19}$/
const READING = ['list', 'find'] as const
const WRITING = ['create', 'update', 'delete'] as const

type Source = Readonly<Record<string, unknown>>

/** Checks the functions of a type, a taxonomy or media. */
function checkSource(source: unknown, path: string[], context: z.RefinementCtx): void {
  const issue = (more: string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path, ...more], message })
  if (typeof source !== 'object' || source === null) {
    issue([], 'expected an object with list and find')
    return
  }
  const functions = [...READING, ...WRITING.filter(name => (source as Source)[name] !== undefined)]
  for (const name of functions) if (typeof (source as Source)[name] !== 'function') issue([name], 'expected a function')
}

const builtContentSchema = z
  .custom<Content>(value => typeof value === 'object' && value !== null && 'types' in value, CONTENT)
  .superRefine((content, context) => {
    const { ids, types, taxonomies = {}, media } = content
    if (ids !== undefined && ids !== 'integer' && ids !== 'string')
      context.addIssue({ code: 'custom', path: ['ids'], message: 'expected "integer" or "string"' })
    for (const [kind, all] of Object.entries({ types, taxonomies })) {
      for (const [name, source] of Object.entries(all ?? {})) {
        if (!NAME.test(name))
          context.addIssue({ code: 'custom', path: [kind, name], message: 'expected a name such as "post"' })
        checkSource(source, [kind, name], context)
      }
    }
    if (media !== undefined) checkSource(media, ['media'], context)
    if (media?.store !== undefined) {
      for (const name of ['put', 'remove'] as const) {
        if (typeof media.store[name] !== 'function')
          context.addIssue({ code: 'custom', path: ['media', 'store', name], message: 'expected a function' })
      }
    }
  })

/** Content given as a function is checked after the function has run. */
export const contentSchema = z.custom<unknown>().superRefine((content, context) => {
  if (content === undefined || typeof content === 'function') return
  for (const issue of builtContentSchema.safeParse(content).error?.issues ?? [])
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
})

export const wholeContentSchema = z.object({ content: builtContentSchema })

const SCOPE = 'expected the name of one of your OAuth scopes'
export const contentScopesSchema = z
  .strictObject({
    posts: z.string(SCOPE).default('posts'),
    media: z.string(SCOPE).default('media'),
    taxonomy: z.string(SCOPE).default('taxonomy'),
  })
  .prefault({})
