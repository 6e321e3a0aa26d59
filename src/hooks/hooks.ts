import { inspect } from 'node:util'
import { OptionsError } from '../errors.ts'

/** The event that every site has. */
export interface ErrorEvent {
  /**
   * Something failed behind an answer: a listener threw, last uses or what has expired could not be written, a key not read,
   * failed attempts not be counted together with other processes (`throttle_not_shared` in an outage, `throttle_error` if somebody
   * has to fix something, and `throttle_shared` afterwards), or by address, because a caller has none (`caller_address_unknown`).
   */
  error: { error: unknown }
}

/** For each filter what it decides (`value`), and what it is told besides. */
type FilterTypes<F> = { [Name in keyof F]: { value: unknown; details: unknown } }

type Listener<Event> = (event: Event) => void | Promise<void>
type Value<F extends FilterTypes<F>, Name extends keyof F> = F[Name]['value']
type Decision<F extends FilterTypes<F>, Name extends keyof F> = Value<F, Name> | Promise<Value<F, Name>>
type Filter<F extends FilterTypes<F>, Name extends keyof F> = (
  value: Value<F, Name>,
  details: F[Name]['details'],
) => Decision<F, Name>

/**
 * Typed events and filters, as WordPress's actions and filters. A feature asks for the events and filters of its own: hooks that have
 * more fit too.
 */
export interface Hooks<E, F extends FilterTypes<F> = object> {
  emit<Name extends keyof E>(name: Name, event: E[Name]): void
  /** Tells of a failure behind an answer. It never fails the request. */
  report(error: unknown): void
  /** @returns a function that removes the listener. @throws OptionsError for an unknown event */
  on<Name extends keyof E>(name: Name, listener: Listener<E[Name]>): () => void
  /** @returns a function that removes the filter. @throws OptionsError for an unknown filter */
  filter<Name extends keyof F>(name: Name, filter: Filter<F, Name>): () => void
  /**
   * Runs the filters in the order they were added. A filter that throws fails the request: it decided nothing.
   *
   * @returns no promise where there is no filter: every request asks
   */
  apply<Name extends keyof F>(name: Name, value: Value<F, Name>, details: F[Name]['details']): Decision<F, Name>
}

/**
 * @param eventNames all of them: JavaScript checks no types, and a listener of a misspelt name would never be called
 * @param filterNames all of them
 */
export function createHooks<E extends ErrorEvent, F extends FilterTypes<F>>(
  eventNames: readonly string[],
  filterNames: readonly string[],
): Hooks<E, F> {
  const listeners = new Map<keyof E, Set<Listener<never>>>()
  const filters = new Map<keyof F, Set<Filter<F, never>>>()

  function report(error: unknown): void {
    if (listeners.get('error')?.size) emit('error', { error } as E['error'])
    else warn(error)
  }

  function emit<Name extends keyof E>(name: Name, event: E[Name]): void {
    for (const listener of (listeners.get(name) ?? []) as Iterable<Listener<E[Name]>>) {
      call(listener, event).catch(error => {
        if (name === 'error') warn(error)
        else report(error)
      })
    }
  }

  return {
    emit,
    report,
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
    throw new OptionsError(`connect.${method}: unknown ${kind} ${inspect(name)}: expected one of ${known.join(', ')}`)
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
