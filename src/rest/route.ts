import type { Context } from 'koa'
import type { Auth } from '../authentication/auth.ts'
import type { Arguments, Values } from './arguments.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request to a REST route, after its arguments are checked. */
export interface RestRequest {
  readonly ctx: Context
  readonly auth: Auth | null
  /** What the address says, such as `user_id`. */
  readonly path: Readonly<Record<string, string>>
  readonly values: Values
}

export interface RestAnswer {
  /** 200 if absent. */
  status?: number
  headers?: Record<string, string>
  body: unknown
}

/** One thing that a route does. */
export interface Endpoint {
  methods: readonly Method[]
  args: Arguments
  /**
   * Finds out whether this caller may; changes nothing.
   *
   * @returns what does it and answers.
   * @throws ConnectError if the caller may not.
   */
  permit(request: RestRequest): Promise<() => Promise<RestAnswer>>
}

/** A route as the index names it, with PHP's named groups: `/wp/v2/users/(?P<user_id>[\w-]+)`. */
export interface RestRoute {
  route: string
  endpoints: readonly Endpoint[]
  /** JSON schema of what the route answers, for OPTIONS. */
  schema?: object
}

/** What the index and OPTIONS say of a route. */
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
