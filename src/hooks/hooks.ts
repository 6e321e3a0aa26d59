import { inspect } from 'node:util'
import type { ApplicationPassword } from '../application-passwords/rows.ts'
import { OptionsError } from '../errors.ts'
import type { Grant } from '../oauth/grants/grant-rows.ts'
import type { EndedBy } from '../oauth/grants/grants.ts'
import type { User } from '../users/user.ts'

/** What listeners are told. No event carries a secret. */
export interface Events {
  'application-password-created': { user: User; applicationPassword: ApplicationPassword }
  'application-password-updated': { user: User; applicationPassword: ApplicationPassword }
  'application-password-revoked': { user: User; applicationPassword: ApplicationPassword }
  /** A request came in with it. */
  'application-password-used': { user: User; applicationPassword: ApplicationPassword; ip: string | null }
  /** A request's credentials were refused. `login` is as it was sent. */
  'application-password-refused': { login: string; ip: string | null; code: string }
  /** A user pressed Authorize. */
  'oauth-authorized': { user: User; grant: Grant }
  /** A user pressed Deny. */
  'oauth-denied': { user: User; clientId: string }
  /** An application got an access token, by a code or by a refresh token. */
  'oauth-token-issued': { userId: string; clientId: string; grantId: string; scopes: readonly string[] }
  /**
   * A grant was ended, and all of its tokens with it: by its `user`, by the application itself (`client`), by the `site`; or
   * for the `reuse` of a code or refresh token.
   */
  'oauth-disconnected': { userId: string; clientId: string; grantId: string; by: EndedBy }
  /** A code came a second time, or a refresh token after its grace, so somebody has a copy: all of its grant was ended. */
  'oauth-token-reused': { clientId: string; grantId: string }
  /**
   * Something failed behind an answer: a listener threw, last uses or what has expired could not be written, a key not read,
   * failed attempts not be counted together with other processes (`throttle_not_shared`, and `throttle_shared` afterwards), or
   * by address, because a caller has none (`caller_address_unknown`).
   */
  error: { error: unknown }
}

/** What filters decide. Each filter gets the decision so far and answers the next one. */
export interface Filters {
  /** Whether the site offers application passwords at all. */
  'application-passwords-available': { value: boolean; details: Record<string, never> }
  /** Whether this user may have any. */
  'application-passwords-available-for-user': { value: boolean; details: { user: User } }
  /** Whether a password that matched may be used for this request. */
  'application-password-match': {
    value: boolean
    details: { user: User; applicationPassword: ApplicationPassword; ip: string | null }
  }
}

// Complete, or `npm run types` fails.
const EVENTS: Readonly<Record<keyof Events, true>> = {
  'application-password-created': true,
  'application-password-updated': true,
  'application-password-revoked': true,
  'application-password-used': true,
  'application-password-refused': true,
  'oauth-authorized': true,
  'oauth-denied': true,
  'oauth-token-issued': true,
  'oauth-disconnected': true,
  'oauth-token-reused': true,
  error: true,
}
const FILTERS: Readonly<Record<keyof Filters, true>> = {
  'application-passwords-available': true,
  'application-passwords-available-for-user': true,
  'application-password-match': true,
}

type Listener<E extends keyof Events> = (event: Events[E]) => void | Promise<void>
type Decision<F extends keyof Filters> = Filters[F]['value'] | Promise<Filters[F]['value']>
type Filter<F extends keyof Filters> = (value: Filters[F]['value'], details: Filters[F]['details']) => Decision<F>

export type Hooks = ReturnType<typeof createHooks>

/** Typed events and filters, as WordPress's actions and filters. docs/adapt/hooks.md has the table of both names. */
export function createHooks() {
  const listeners = new Map<keyof Events, Set<Listener<never>>>()
  const filters = new Map<keyof Filters, Set<Filter<never>>>()

  /** A listener's failure is reported, and never fails the request. */
  function report(error: unknown): void {
    if (listeners.get('error')?.size) emit('error', { error })
    else warn(error)
  }

  function emit<E extends keyof Events>(name: E, event: Events[E]): void {
    for (const listener of (listeners.get(name) ?? []) as Iterable<Listener<E>>) {
      call(listener, event).catch(error => {
        if (name === 'error') warn(error)
        else report(error)
      })
    }
  }

  return {
    emit,
    report,
    /** @returns a function that removes the listener. @throws OptionsError for an unknown event */
    on<E extends keyof Events>(name: E, listener: Listener<E>): () => void {
      checkHook('on', 'event', EVENTS, name, listener)
      return add(listeners, name, listener)
    },
    /** @returns a function that removes the filter. @throws OptionsError for an unknown filter */
    filter<F extends keyof Filters>(name: F, filter: Filter<F>): () => void {
      checkHook('filter', 'filter', FILTERS, name, filter)
      return add(filters, name, filter)
    },
    /**
     * Runs the filters in the order they were added. A filter that throws fails the request: it decided nothing.
     *
     * @returns no promise where there is no filter: every request asks
     */
    apply<F extends keyof Filters>(name: F, value: Filters[F]['value'], details: Filters[F]['details']): Decision<F> {
      const all = filters.get(name) as ReadonlySet<Filter<F>> | undefined
      return all?.size ? applyAll(all, value, details) : value
    },
  }
}

/** JavaScript checks no types: a misspelt name would never be called, and nothing would say so. */
function checkHook(method: string, kind: string, known: object, name: string, hook: unknown): void {
  if (!Object.hasOwn(known, name)) {
    const names = Object.keys(known).join(', ')
    throw new OptionsError(`connect.${method}: unknown ${kind} ${inspect(name)}: expected one of ${names}`)
  }
  if (typeof hook !== 'function') throw new OptionsError(`connect.${method}: ${name}: expected a function`)
}

async function applyAll<F extends keyof Filters>(
  filters: Iterable<Filter<F>>,
  value: Filters[F]['value'],
  details: Filters[F]['details'],
): Promise<Filters[F]['value']> {
  let decision = value
  for (const filter of filters) decision = await filter(decision, details)
  return decision
}

/** For a host that listens to no errors. Whatever was thrown: it must not end the process. */
const warn = (error: unknown) => process.emitWarning(error instanceof Error ? error : inspect(error))

/** Also what a listener throws before its first await becomes a rejection. */
async function call<T>(listener: (event: T) => unknown, event: T): Promise<void> {
  await listener(event)
}

function add<K, F>(registry: Map<K, Set<F>>, name: K, added: unknown): () => void {
  const all = registry.get(name) ?? new Set<F>()
  registry.set(name, all.add(added as F))
  return () => all.delete(added as F)
}
