import { Client } from '../support/client.ts'
import { bearer, openConsent, press } from '../support/oauth.ts'

/** The user lets in the application that sent them to `url`. @returns where the site sends them back to */
export const agree = async (user: Client, url: string | URL): Promise<URL> =>
  press(user, await openConsent(user, String(url)), 'approve')

/** The user does not. */
export const refuse = async (user: Client, url: string | URL): Promise<URL> =>
  press(user, await openConsent(user, String(url)), 'reject')

/** Whose token the site's API takes this for. */
export const seenBy = async (site: { url: string }, token: string): Promise<string> =>
  (await new Client(site.url).get('/api/posts', { headers: bearer(token) })).json.seenBy
