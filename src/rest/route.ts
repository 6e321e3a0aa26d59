import type { Context } from 'koa'
import type { Auth } from '../authentication/auth.ts'
import type { Arguments, Values } from './arguments.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request to a REST route, with checked arguments. */
export interface RestRequest {
  readonly ctx: Context
  readonly auth: Auth | null
  /** The values in the path, such as `user_id`. */
  readonly path: Readonly<Record<string, string>>
  readonly values: Values
}

export interface RestAnswer {
  /** 200 by default. */
  status?: number
  headers?: Record<string, string>
  body: unknown
}

/** One operation of a route. */
export interface Endpoint {
  methods: readonly Method[]
  args: Arguments
  /** The endpoint reads the body itself, such as an upload. Then only the URL's arguments are checked. */
  readsBody?: true
  /**
   * Checks whether this caller may use the endpoint; changes nothing. It is also called for the route's other endpoints, with
   * no values, because `Allow` lists what the caller may do.
   *
   * @returns a function that performs the operation and returns the response
   * @throws ConnectError if the caller may not use it
   */
  permit(request: RestRequest): Promise<() => Promise<RestAnswer>>
}

/** A route as the index lists it, with PHP's named groups: `/wp/v2/users/(?P<user_id>[\w-]+)`. */
export interface RestRoute {
  route: string
  endpoints: readonly Endpoint[]
  /** The maximum size of a body in bytes, for callers with credentials. 16 KB by default, and for everybody else. */
  maxBody?: number
  /** JSON Schema of the responses, for OPTIONS. */
  schema?: object
}

/** Describes a route for the index and OPTIONS. */
export function describeRoute({ route, endpoints }: RestRoute) {
  return {
    namespace: /^\/(\w+\/v\d+)/.exec(route)?.[1] ?? '',
    methods: [...new Set(endpoints.flatMap(endpoint => endpoint.methods))],
    endpoints: endpoints.map(({ methods, args }) => ({
      methods,
      // PHP writes an empty map as an empty list.
      args: Object.keys(args).length > 0 ? Object.fromEntries(Object.entries(args).map(describeArgument)) : [],
    })),
  }
}

function describeArgument([name, schema]: [string, Arguments[string]]) {
  const { context: _context, readonly: _readonly, ...rest } = schema
  return [name, { ...rest, required: schema.required ?? false }] as const
}
