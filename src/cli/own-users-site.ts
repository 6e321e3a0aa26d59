import type { Knex } from 'knex'
import { createConnectBy } from '../connect/connect.ts'
import type { Config } from '../server/config.ts'
import type { FoundSite } from '../server/find-site.ts'
import type { Users } from '../users/user.ts'

/** The app's users cannot be reached from here, and no command for such a site looks them up. */
const UNKNOWN_USERS: Users = {
  current: async () => null,
  find: async () => null,
  findByLogin: async () => null,
  loginUrl: returnTo => returnTo,
}

export type OwnUsersSite = Awaited<ReturnType<typeof createOwnUsersSite>>

/** A site with an app's own users. Its tables reveal which features it has. */
export async function createOwnUsersSite(
  config: Config,
  knex: Knex,
  secret: string,
  { hasOAuth, hasThrottle }: FoundSite,
) {
  const connect = await createConnectBy('app', {
    knex,
    site: config.site,
    secret,
    users: UNKNOWN_USERS,
    environment: config.environment,
    throttle: hasThrottle ? 'database' : 'memory',
    ...(hasOAuth && { oauth: { scopes: { read: 'Read' } } }),
  })
  return {
    knex,
    connect,
    async close(): Promise<void> {
      await connect.close()
      await knex.destroy()
    },
  }
}
