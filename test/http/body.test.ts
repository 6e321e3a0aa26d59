import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bodyParser } from '@koa/bodyparser'
import test, { type ExecutionContext } from 'ava'
import knex from 'knex'
import Koa, { type Middleware } from 'koa'
import { HttpMethodEnum, koaBody } from 'koa-body'
// @ts-expect-error: it has no types of its own
import koaBodyparser from 'koa-bodyparser'
import { createConnect, type User } from '../../src/index.ts'
import { type Answer, APPLICATION_PASSWORDS, Client, formFields, type Request } from '../support/client.ts'
import { SECRET } from '../support/site.ts'

const ANN: User = { id: 1, login: 'ann', email: 'ann@example.com', roles: ['administrator'] }

/** A middleware that reads the body and leaves what `leave` makes of it. */
const consume =
  (leave: (body: Buffer) => object): Middleware =>
  async (ctx, next) => {
    const chunks: Buffer[] = []
    for await (const chunk of ctx.req) chunks.push(chunk)
    Object.assign(ctx.request, leave(Buffer.concat(chunks)))
    return next()
  }

/** Everything that hosts put in front, and what it makes of a body that it does not know. */
const PARSERS: Record<string, Middleware | null> = {
  none: null,
  'koa-bodyparser': koaBodyparser() as Middleware,
  'koa-bodyparser for forms only': koaBodyparser({ enableTypes: ['form'] }) as Middleware,
  'koa-bodyparser for text': koaBodyparser({ enableTypes: ['text'], extendTypes: { text: ['*/*'] } }) as Middleware,
  '@koa/bodyparser': bodyParser() as unknown as Middleware,
  '@koa/bodyparser for JSON only': bodyParser({ enableTypes: ['json'] }) as unknown as Middleware,
  '@koa/bodyparser with patchNode': bodyParser({ patchNode: true }) as unknown as Middleware,
  'koa-body': koaBody() as Middleware,
  'koa-body with multipart': koaBody({ multipart: true }) as Middleware,
  'koa-body for every method': koaBody({
    multipart: true,
    parsedMethods: Object.values(HttpMethodEnum),
  }) as Middleware,
  'a string': consume(body => ({ body: body.toString() })),
  'a Buffer': consume(body => ({ body })),
  'null, and rawBody': consume(body => ({ body: null, rawBody: body })),
  '{}, and rawBody': consume(body => ({ body: {}, rawBody: body.toString() })),
  'rawBody alone': consume(rawBody => ({ rawBody })),
}

async function startHost(t: ExecutionContext, parser: Middleware | null): Promise<Client> {
  const database = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const app = new Koa()
  app.silent = true
  // Late, because the middleware is added after this.
  const server = createServer((request, response) => app.callback()(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const connect = await createConnect({
    knex: database,
    site: { url, name: 'Host' },
    secret: SECRET,
    users: {
      current: async ctx => (ctx.get('X-Session') === 'ann' ? ANN : null),
      find: async () => ANN,
      findByLogin: async () => ANN,
      loginUrl: () => '/login',
    },
    environment: 'local',
    oauth: { registration: true, scopes: { posts: 'Posts' } },
  })
  await connect.migrate()
  if (parser) app.use(parser)
  app.use(connect.middleware())
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await connect.close()
    await database.destroy()
  })
  return new Client(url)
}

const OVERRIDE = { 'x-http-method-override': 'DELETE' }
const TYPES = ['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded', 'text/plain']

const multipart = (fields: Record<string, string>): Request => {
  const parts = Object.entries(fields).map(
    ([name, value]) => `------part7d1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return {
    headers: { 'content-type': 'multipart/form-data; boundary=----part7d1' },
    body: `${parts.join('')}------part7d1--\r\n`,
  }
}

for (const [name, parser] of Object.entries(PARSERS)) {
  test(`every kind of body is read behind a host’s body parser: ${name}`, async t => {
    const client = await startHost(t, parser)
    const session = { 'x-session': 'ann' }
    const nonce = (await client.get('/wp-admin/admin-ajax.php?action=rest-nonce', { headers: session })).text
    const headers = { ...session, 'x-wp-nonce': nonce }
    const rest = (method: string, path: string, request: Request = {}): Promise<Answer> =>
      client.send(method, path, { ...request, headers: { ...request.headers, ...headers } })
    const make = async () => (await rest('POST', `${APPLICATION_PASSWORDS}?name=x`)).json.uuid

    const bodies = { json: { json: { name: 'x' } }, form: { form: { name: 'x' } }, multipart: multipart({ name: 'x' }) }
    for (const [kind, body] of Object.entries(bodies)) {
      const made = await rest('POST', APPLICATION_PASSWORDS, body)
      t.deepEqual([kind, made.status, made.json.name], [kind, 201, 'x'])
    }

    for (const type of TYPES) {
      const overridden = await rest('POST', `${APPLICATION_PASSWORDS}/${await make()}`, {
        headers: { 'content-type': type, ...OVERRIDE },
      })
      t.deepEqual([type, overridden.status, overridden.json.deleted], [type, 200, true])
      const direct = await rest('DELETE', `${APPLICATION_PASSWORDS}/${await make()}`, {
        headers: { 'content-type': type },
      })
      t.deepEqual([type, direct.status, direct.json.deleted], [type, 200, true])
      const empty = await rest('POST', APPLICATION_PASSWORDS, { headers: { 'content-type': type } })
      t.deepEqual([type, empty.json.code], [type, 'rest_missing_callback_param'])
    }
    const all = await rest('POST', APPLICATION_PASSWORDS, { json: {}, headers: OVERRIDE })
    t.is(all.json.deleted, true)

    const page = await client.get('/wp-admin/profile.php', { headers: session })
    const cookie = [...client.cookies].map(([key, value]) => `${key}=${value}`).join('; ')
    const form = {
      ...formFields(page.text, 'id="do_new_application_password"'),
      new_application_password_name: 'By form',
    }
    const byForm = await client.send('POST', '/wp-admin/profile.php', { form, headers: { ...session, cookie } })
    t.regex(byForm.text, /By form/)

    const registered = await client.send('POST', '/oauth2/register', {
      json: { redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: 'none' },
    })
    t.is(registered.status, 201, registered.text)
    for (const token of [
      { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { form: { client_id: registered.json.client_id, grant_type: 'authorization_code' } },
      multipart({ client_id: registered.json.client_id, grant_type: 'authorization_code' }),
    ]) {
      const refused = await client.send('POST', '/oauth2/token', token)
      t.deepEqual([refused.status, refused.json.error], [400, 'invalid_request'], refused.text)
    }
  })
}
