import { english } from '../languages/english.ts'
import type { Access } from './grants/grant-rows.ts'

/** What OpenID Connect names; they say who the user is, and open nothing. */
const IDENTITY = new Set(['auth', 'openid', 'profile', 'email'])

export type Scopes = ReturnType<typeof createScopes>

/**
 * What an application may ask for: the host's own scopes, WordPress.com's `auth` (who the user is) and `global` (all sites),
 * and OpenID Connect's.
 *
 * @param words of the host's scopes, as people read them
 * @param defaults what an application gets that asks for nothing
 */
export function createScopes(words: Readonly<Record<string, string>>, defaults: readonly string[]) {
  const own = Object.keys(words)
  const known = new Set(['global', ...IDENTITY, ...own])

  const namesIn = (asked: string) => [...new Set(asked.split(/[\s,]+/))].filter(name => known.has(name))

  /** Why these cannot be asked for together, or null. */
  function problem(scopes: readonly string[]): string | null {
    const others = scopes.filter(scope => !IDENTITY.has(scope))
    if (scopes.includes('global') && others.length > 1) return 'global cannot be combined with other scopes'
    if (scopes.includes('auth') && others.length > 0) return 'auth cannot be combined with other scopes'
    return null
  }

  return {
    /** Every scope, as the metadata lists them. */
    all: [...known],
    own,

    /**
     * What is asked for. Unknown scopes are dropped, because servers and clients learn new ones at different times; if
     * nothing is left it is the site's default, and the answer says so (RFC 6749, 3.3): WordPress's MCP client asks every
     * site for "read write".
     *
     * @param asked separated by spaces, or by commas as WordPress.com's old clients write; '' for the site's default
     */
    parse(asked: string): string[] {
      const names = namesIn(asked)
      return names.length === 0 ? [...defaults] : names
    },
    /** Those of what is asked for that are here. */
    known: namesIn,

    problem,

    /** What a client that holds `held` asks for to get `needed` as well; `needed` alone where the two cannot be combined. */
    together(held: readonly string[], needed: string): string[] {
      const both = [...new Set([...held, needed])]
      return problem(both) === null ? both : [needed]
    },

    /** What a grant of these scopes reaches. */
    access(scopes: readonly string[]): Access {
      if (scopes.includes('global')) return 'all'
      return scopes.every(scope => IDENTITY.has(scope)) ? 'login' : 'site'
    },

    /** Each permission in words. Who the user is, every application learns. */
    describe(scopes: readonly string[]): { name: string; description: string }[] {
      const named = scopes.includes('global') ? own : scopes.filter(scope => own.includes(scope))
      return [
        { name: 'auth', description: english({ id: 'scopes.auth' }) },
        ...named.map(name => ({ name, description: words[name] ?? name })),
      ]
    },

    /** Whether a token of these scopes may do what needs `needed`. */
    allows: (scopes: readonly string[], needed: string): boolean =>
      scopes.includes(needed) || (scopes.includes('global') && own.includes(needed)),
  }
}
