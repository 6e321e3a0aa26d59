import { z } from 'zod'
import { ConnectError, errorWithMessage } from '../../errors.ts'
import { DISGUISES } from '../../http/destination.ts'
import type { MessageRef } from '../../languages/messages.ts'
import { hasControls } from '../../values/controls.ts'
import { redirectUriProblem } from './redirect-uri.ts'

/** The data of a client that is being created. */
export interface ClientDetails {
  /** The name that users read on the consent page: 1 to 200 characters. */
  name: string
  /** The exact URLs that users may be redirected to: 1 to 20. */
  redirectUris: readonly string[]
  /** 1000 characters at most. */
  description?: string
  /** An `https://…` or `http://…` URL of 500 characters at most, or '' for none. */
  website?: string
  /** `web` by default. */
  type?: 'web' | 'native'
  /** For code written for WordPress.com: PKCE and scope are optional, and tokens last 14 days. `false` by default. */
  legacy?: boolean
}

const MAX_REDIRECT_URIS = 20

export const invalidMetadata = (id: string): ConnectError => errorWithMessage('invalid_client_metadata', { id })
const badRedirect = (problem: MessageRef) => errorWithMessage('invalid_redirect_uri', problem)

/** Checks the shape for hosts whose code has no type checks. */
const shapeSchema = z.object({
  name: z.string('expected a string'),
  description: z.string('expected a string'),
  website: z.string('expected a string'),
  redirectUris: z.array(z.string('expected a string'), 'expected an array of strings'),
  type: z.enum(['web', 'native'], 'expected "web" or "native"'),
  legacy: z.boolean('expected true or false'),
})

/**
 * @returns the details as they are stored
 * @throws ConnectError `invalid_client_metadata`, `invalid_redirect_uri`; the message says what to change
 */
export function checkClientDetails(details: Required<ClientDetails>): Required<ClientDetails> {
  const shape = shapeSchema.safeParse(details)
  if (!shape.success) {
    const message = shape.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}.`).join(' ')
    throw new ConnectError('invalid_client_metadata', { message })
  }
  const { name, description, website, redirectUris, type, legacy } = details
  const trimmed = name.trim()
  if (!isClientName(trimmed)) {
    throw invalidMetadata('errors.invalid_client_metadata.name')
  }
  if (description.length > 1000 || /[^\P{Cc}\n\r\t]/u.test(description) || !description.isWellFormed()) {
    throw invalidMetadata('errors.invalid_client_metadata.description')
  }
  if (website !== '' && !isWebsite(website)) {
    throw invalidMetadata('errors.invalid_client_metadata.website')
  }
  if (redirectUris.length === 0) throw badRedirect({ id: 'errors.invalid_redirect_uri.none' })
  if (redirectUris.length > MAX_REDIRECT_URIS) {
    throw badRedirect({ id: 'errors.invalid_redirect_uri.too-many', values: { count: MAX_REDIRECT_URIS } })
  }
  for (const uri of redirectUris) {
    const problem = redirectUriProblem(uri, type)
    if (problem) throw badRedirect(problem)
  }
  return { name: trimmed, description, website, redirectUris: [...new Set(redirectUris)], type, legacy }
}

/** Whether a name has visible characters and no control characters: users recognize an application only by its name. */
export const isClientName = (text: string): boolean =>
  /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\u2800]/u.test(text) && text.length <= 200 && !hasControls(text)

/** Whether a URL can be shown as a link. */
export function isWebsite(text: string): boolean {
  if (text.length > 500 || DISGUISES.test(text) || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && !username && !password
}
