import { english } from '../languages/english.ts'
import type { Access } from './grants/grant.ts'

/** OpenID Connect's scopes and `auth`. They reveal who the user is and give no other access. */
const IDENTITY = new Set(['auth', 'openid', 'profile', 'email'])

export type Scopes = ReturnType<typeof createScopes>

/**
 * The scopes that an application may request: the host's own, WordPress.com's `auth` (who the user is) and `global` (all
 * sites), and OpenID Connect's.
 *
 * @param descriptions the text that users read, by the name of each of the host's scopes
 * @param defaults the scopes of an application that requests none
 */
export function createScopes(descriptions: Readonly<Record<string, string>>, defaults: readonly string[]) {
  const own = Object.keys(descriptions)
  const known = new Set(['global', ...IDENTITY, ...own])

  const namesIn = (asked: string) => [...new Set(asked.split(/[\s,]+/))].filter(name => known.has(name))

  /** Returns why these scopes cannot be combined, or null. */
  function problem(scopes: readonly string[]): string | null {
    const others = scopes.filter(scope => !IDENTITY.has(scope))
    if (scopes.includes('global') && others.length > 1) return 'global cannot be combined with other scopes'
    if (scopes.includes('auth') && others.length > 0) return 'auth cannot be combined with other scopes'
    return null
  }

  return {
    /** Every scope, as listed in the metadata. */
    all: [...known],
    own,

    /**
     * Parses the requested scopes. Unknown ones are dropped, because servers and clients learn new ones at different times.
     * If none is left, the site's default scopes apply, and the response says so (RFC 6749, section 3.3): WordPress's MCP
     * client requests "read write" from every site.
     *
     * @param asked scopes separated by spaces, or by commas as WordPress.com's old clients write them; '' for the default
     */
    parse(asked: string): string[] {
      const names = namesIn(asked)
      return names.length === 0 ? [...defaults] : names
    },
    /** Returns the requested scopes that this site knows. */
    known: namesIn,

    problem,

    /**
     * Returns the scopes that a client with `held` requests to get `needed` too, or `needed` alone if they cannot be
     * combined.
     */
    together(held: readonly string[], needed: string): string[] {
      const both = [...new Set([...held, needed])]
      return problem(both) === null ? both : [needed]
    },

    /** The access that a grant of these scopes gives. */
    access(scopes: readonly string[]): Access {
      if (scopes.includes('global')) return 'all'
      return scopes.every(scope => IDENTITY.has(scope)) ? 'login' : 'site'
    },

    /** Returns each permission with its description. Every application learns who the user is. */
    describe(scopes: readonly string[]): { name: string; description: string }[] {
      const named = scopes.includes('global') ? own : scopes.filter(scope => own.includes(scope))
      return [
        { name: 'auth', description: english({ id: 'scopes.auth' }) },
        ...named.map(name => ({ name, description: descriptions[name] ?? name })),
      ]
    },

    /** Whether a token with these scopes may do what requires `needed`. */
    allows: (scopes: readonly string[], needed: string): boolean =>
      scopes.includes(needed) || (scopes.includes('global') && own.includes(needed)),
  }
}
