import type { ExecutionContext } from 'ava'
import { type Answer, basic, type Request } from './client.ts'
import { PASSWORD, startSite, type TestSite } from './site.ts'

export const V2 = '/wp-json/wp/v2'

type Role = 'administrator' | 'editor' | 'author' | 'contributor' | 'subscriber'

export interface ContentSite extends TestSite {
  /** A REST request of a user with an application password; null for anybody. */
  as(login: string | null, method: string, route: string, request?: Request): Promise<Answer>
  /** The headers of a user's application password. */
  headersOf(login: string): Promise<Record<string, string>>
  createUser(login: string, role: Role): Promise<void>
}

/** The site of `npm start`, with otto (author) and cora (contributor) too. */
export async function startContentSite(t: ExecutionContext, env: Record<string, string> = {}): Promise<ContentSite> {
  const site = await startSite(t, env)
  const passwords = new Map<string, Promise<string>>()
  const client = await site.client()

  async function headersOf(login: string): Promise<Record<string, string>> {
    const made =
      passwords.get(login) ??
      site.accounts.findByLogin(login).then(async user => {
        if (!user) throw new Error(`no user ${login}`)
        return (await site.connect.applicationPasswords.create(user, 'Test')).password
      })
    passwords.set(login, made)
    return basic(login, await made)
  }

  async function createUser(login: string, role: Role): Promise<void> {
    await site.accounts.create(login, PASSWORD, { email: `${login}@example.com`, role })
  }

  await createUser('otto', 'author')
  await createUser('cora', 'contributor')
  return {
    ...site,
    headersOf,
    createUser,
    async as(login, method, route, request = {}) {
      const headers = login === null ? {} : await headersOf(login)
      return client.send(method, V2 + route, { ...request, headers: { ...headers, ...request.headers } })
    },
  }
}
