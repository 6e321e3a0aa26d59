import type { ApplicationPassword } from './application-passwords/rows.ts'
import type { User } from './users/user.ts'

/** What listeners are told. No event carries a secret. */
export interface Events {
  'application-password-created': { user: User; applicationPassword: ApplicationPassword }
  'application-password-updated': { user: User; applicationPassword: ApplicationPassword }
  'application-password-revoked': { user: User; applicationPassword: ApplicationPassword }
  /** A request came in with it. */
  'application-password-used': { user: User; applicationPassword: ApplicationPassword; ip: string | null }
  /** A request's credentials were refused. `login` is as it was sent. */
  'application-password-refused': { login: string; ip: string | null; code: string }
  /** Something failed behind an answer: a listener threw, or last uses could not be written. */
  error: { error: unknown }
}

/** What filters decide. Each filter gets the decision so far and answers the next one. */
export interface Filters {
  /** Whether the site offers application passwords at all. */
  'application-passwords-available': { value: boolean; details: Record<string, never> }
  'application-passwords-available-for-user': { value: boolean; details: { user: User } }
  /** Whether a password that matched may be used for this request. */
  'application-password-match': {
    value: boolean
    details: { user: User; applicationPassword: ApplicationPassword; ip: string | null }
  }
}

type Listener<E extends keyof Events> = (event: Events[E]) => void | Promise<void>
type Filter<F extends keyof Filters> = (
  value: Filters[F]['value'],
  details: Filters[F]['details'],
) => Filters[F]['value'] | Promise<Filters[F]['value']>

export type Hooks = ReturnType<typeof createHooks>

/** Typed events and filters, as WordPress's actions and filters. docs/hooks.md has the table of both names. */
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
    /** @returns a function that takes the listener off again. */
    on<E extends keyof Events>(name: E, listener: Listener<E>): () => void {
      return add(listeners, name, listener)
    },
    /** @returns a function that takes the filter off again. */
    filter<F extends keyof Filters>(name: F, filter: Filter<F>): () => void {
      return add(filters, name, filter)
    },
    /** Runs the filters in the order they were added. A filter that throws fails the request: it decided nothing. */
    async apply<F extends keyof Filters>(
      name: F,
      value: Filters[F]['value'],
      details: Filters[F]['details'],
    ): Promise<Filters[F]['value']> {
      let decision = value
      for (const filter of (filters.get(name) ?? []) as Iterable<Filter<F>>) decision = await filter(decision, details)
      return decision
    },
  }
}

/** For a host that listens to no errors. Whatever was thrown: it must not end the process. */
const warn = (error: unknown) => process.emitWarning(error instanceof Error ? error : String(error))

/** Also what a listener throws before its first await becomes a rejection. */
async function call<T>(listener: (event: T) => unknown, event: T): Promise<void> {
  await listener(event)
}

function add<K, F>(registry: Map<K, Set<F>>, name: K, added: unknown): () => void {
  const all = registry.get(name) ?? new Set<F>()
  registry.set(name, all.add(added as F))
  return () => all.delete(added as F)
}
