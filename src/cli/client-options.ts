import type { Command } from 'commander'

/** The flags of `client create` and `client update` about an application. */
export interface DetailsOptions {
  name?: string
  redirectUri?: string[]
  website?: string
  description?: string
  legacy?: boolean
}

export const LEGACY = 'written for WordPress.com: may omit PKCE and scope, gets one token for 14 days'

/** Collects the values of a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value]

/** Adds `--website` and `--description`. */
export const withDetails = (command: Command): Command =>
  command
    .option('--website <url>', 'website of the application, which users see')
    .option('--description <text>', 'what the application is for')

/** Returns the given details, with the member names of `connect.oauth.clients`. */
export function detailsOf({ name, redirectUri, website, description, legacy }: DetailsOptions) {
  return {
    ...(name !== undefined && { name }),
    ...(redirectUri !== undefined && { redirectUris: redirectUri }),
    ...(website !== undefined && { website }),
    ...(description !== undefined && { description }),
    ...(legacy !== undefined && { legacy }),
  }
}
