import type { Context } from 'koa'
import type { ConnectOptions } from '../connect/options.ts'
import { randomToken } from '../crypto/random-token.ts'
import type { User, Users } from '../users/user.ts'

const COOKIE = 'koa_wp_connect_test_session'

/** Wraps the users, so that a person can also be logged in by a random cookie that only this process issues. */
export function withSignedIn<U extends Users>(given: ConnectOptions<U>['users']) {
  const sessions = new Map<string, string>()

  function wrap(users: U): U {
    async function current(ctx: Context): Promise<User | null> {
      const id = sessions.get(ctx.cookies.get(COOKIE) ?? '')
      return id === undefined ? users.current(ctx) : users.find(id)
    }
    return new Proxy(users, {
      get(target, name) {
        if (name === 'current') return current
        const member: unknown = Reflect.get(target, name)
        // Bind methods to the object: a class may have private fields that a proxy cannot read.
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }

  return {
    users: (typeof given === 'function' ? parts => wrap(given(parts)) : wrap(given)) as ConnectOptions<U>['users'],
    /** Returns a cookie that logs this user in. */
    cookie(user: User): string {
      const session = randomToken()
      sessions.set(session, String(user.id))
      return `${COOKIE}=${session}`
    },
  }
}
