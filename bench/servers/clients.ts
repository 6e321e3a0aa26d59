import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Knex } from 'knex'
import type Koa from 'koa'
import { tokenHash } from '../../src/crypto/random-token.ts'
import type { Connect, User, Users } from '../../src/index.ts'
import { Client } from '../../test/support/client.ts'

/** As many as connect at once; each has a credential of its own. */
const CLIENTS = 64

type Headers = Record<string, string>
type Make = (connect: Connect<Users>, knex: Knex, user: User, app: Koa) => Promise<Headers[]>

const basic = (login: string, password: string) => ({ authorization: `Basic ${btoa(`${login}:${password}`)}` })

async function times(make: (client: number) => Promise<Headers>): Promise<Headers[]> {
  const all: Headers[] = []
  for (let client = 0; client < CLIENTS; client++) all.push(await make(client))
  return all
}

const withPassword: Make = (connect, _knex, user) =>
  times(async client =>
    basic(user.login, (await connect.applicationPasswords.create(user, `Bench ${client}`)).password),
  )

const withWrongPassword: Make = async (_connect, _knex, user) => [basic(user.login, 'wrong wrong wrong wrong')]

/** As the consent page and the token endpoint leave them. */
const withToken: Make = (_connect, knex, user) =>
  times(async client => {
    const [token, grantId] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    const now = Math.floor(Date.now() / 1000)
    await knex('connect_oauth_grants').insert({
      grant_id: grantId,
      user_id: String(user.id),
      client_id: String(client + 1),
      client_name: `Bench ${client}`,
      client_website: '',
      self_registered: false,
      access: 'site',
      site_id: '1',
      site_url: 'http://localhost',
      site_name: 'Bench',
      scope: 'posts',
      payload: '{}',
      created: now,
    })
    await knex('connect_oauth_tokens').insert({
      hash: tokenHash(token),
      kind: 'access',
      grant_id: grantId,
      scope: 'posts',
      payload: '{}',
      expires: now + 86_400,
    })
    return { authorization: `Bearer ${token}` }
  })

/** The cookie of somebody who is logged in. */
const withSession: Make = async (_connect, _knex, user, app) => {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new Client(`http://localhost:${(server.address() as AddressInfo).port}`)
  await client.login(user.login, 'correct horse battery staple')
  server.close()
  return [{ cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }]
}

export const CREDENTIALS = { basic: withPassword, wrong: withWrongPassword, bearer: withToken, session: withSession }
