import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import { OptionsError } from '../errors.ts'

/** The event that every site has. */
export interface ErrorEvent {
  /**
   * A background task failed. The error says which: a listener threw; last-used times could not be saved; expired rows
   * could not be deleted; a key could not be read; failed attempts could not be counted together with other processes
   * (`throttle_not_shared` for an outage, `throttle_error` for a fault that needs fixing, and `throttle_shared` when it
   * works again), or not by address, because a caller has none (`caller_address_unknown`).
   */
  error: { error: unknown }
}

/** For each filter, the type of its decision (`value`) and of the data it gets (`details`). */
type FilterTypes<F> = { [Name in keyof F]: { value: unknown; details: unknown } }

type Listener<Event> = (event: Event) => void | Promise<void>
type Value<F extends FilterTypes<F>, Name extends keyof F> = F[Name]['value']
type Decision<F extends FilterTypes<F>, Name extends keyof F> = Value<F, Name> | Promise<Value<F, Name>>
type Filter<F extends FilterTypes<F>, Name extends keyof F> = (
  value: Value<F, Name>,
  details: F[Name]['details'],
) => Decision<F, Name>

/**
 * Typed events and filters, like WordPress's actions and filters. A feature names only the events and filters that it uses:
 * hooks with more of them are assignable.
 */
export interface Hooks<E, F extends FilterTypes<F> = object> {
  emit<Name extends keyof E>(name: Name, event: E[Name]): void
  /** Reports the failure of a background task. It never fails the request. */
  report(error: unknown): void
  /** Waits until no listener is running, but no longer than this. */
  settled(maxMs?: number): Promise<void>
  /**
   * @returns a function that removes the listener
   * @throws OptionsError for an unknown event
   */
  on<Name extends keyof E>(name: Name, listener: Listener<E[Name]>): () => void
  /**
   * @returns a function that removes the filter
   * @throws OptionsError for an unknown filter
   */
  filter<Name extends keyof F>(name: Name, filter: Filter<F, Name>): () => void
  /**
   * Runs the filters in the order they were added. A filter that throws fails the request, because it made no decision.
   *
   * @returns the value itself, not a promise, if there is no filter: every request calls this
   */
  apply<Name extends keyof F>(name: Name, value: Value<F, Name>, details: F[Name]['details']): Decision<F, Name>
}

/** A listener that never ends must not keep the site from closing. */
const MAX_WAIT_MS = 5_000

/**
 * @param eventNames names of all events. JavaScript checks no types, and a listener for a misspelt event would never run
 * @param filterNames names of all filters
 */
export function createHooks<E extends ErrorEvent, F extends FilterTypes<F>>(
  eventNames: readonly string[],
  filterNames: readonly string[],
): Hooks<E, F> {
  const listeners = new Map<keyof E, Set<Listener<never>>>()
  const filters = new Map<keyof F, Set<Filter<F, never>>>()

  const underWay = new Set<Promise<void>>()

  function report(error: unknown): void {
    if (listeners.get('error')?.size) emit('error', { error } as E['error'])
    else warn(error)
  }

  function emit<Name extends keyof E>(name: Name, event: E[Name]): void {
    for (const listener of (listeners.get(name) ?? []) as Iterable<Listener<E[Name]>>) {
      const running = call(listener, event)
        .catch(error => {
          if (name === 'error') warn(error)
          else report(error)
        })
        .finally(() => underWay.delete(running))
      underWay.add(running)
    }
  }

  return {
    emit,
    report,
    async settled(maxMs = MAX_WAIT_MS) {
      const stopWaiting = new AbortController()
      const timeIsUp = wait(maxMs, 'time is up', stopWaiting).catch(() => {})
      // A listener that failed may have started another one.
      while (underWay.size > 0) {
        if ((await Promise.race([Promise.all(underWay), timeIsUp])) === 'time is up') break
      }
      stopWaiting.abort()
    },
    on(name, listener) {
      checkHook('on', 'event', eventNames, String(name), listener)
      return add(listeners, name, listener)
    },
    filter(name, filter) {
      checkHook('filter', 'filter', filterNames, String(name), filter)
      return add(filters, name, filter)
    },
    apply(name, value, details) {
      const all = filters.get(name) as ReadonlySet<Filter<F, typeof name>> | undefined
      return all?.size ? applyAll(all, value, details) : value
    },
  }
}

function checkHook(method: string, kind: string, known: readonly string[], name: string, hook: unknown): void {
  if (!known.includes(name)) {
    throw new OptionsError(`connect.${method}: unknown ${kind} ${inspect(name)}; expected one of ${known.join(', ')}`)
  }
  if (typeof hook !== 'function') throw new OptionsError(`connect.${method}: ${name}: expected a function`)
}

async function applyAll<F extends FilterTypes<F>, Name extends keyof F>(
  filters: Iterable<Filter<F, Name>>,
  value: Value<F, Name>,
  details: F[Name]['details'],
): Promise<Value<F, Name>> {
  let decision = value
  for (const filter of filters) decision = await filter(decision, details)
  return decision
}

/** Used if the host has no `error` listener. A warning never ends the process, whatever was thrown. */
const warn = (error: unknown) => process.emitWarning(error instanceof Error ? error : inspect(error))

/** An async function, so that an error thrown before the listener's first await is a rejection too. */
async function call<T>(listener: (event: T) => unknown, event: T): Promise<void> {
  await listener(event)
}

function add<K, F>(registry: Map<K, Set<F>>, name: K, added: unknown): () => void {
  const all = registry.get(name) ?? new Set<F>()
  registry.set(name, all.add(added as F))
  return () => all.delete(added as F)
}
