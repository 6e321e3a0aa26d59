// JavaScript, because its packages are installed in bench/ alone, and the types of the whole are checked without them.
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import Database from 'better-sqlite3'
import Koa from 'koa'
import { answer } from './answer.ts'
import { listen } from './listen.ts'

/** better-auth's API keys, as its documentation mounts them, without the limit of requests that they have by default. */
const options = {
  database: new Database(process.env.DATABASE_URL.replace(/^[\w-]+:/, '')),
  secret: 'a secret for the bench, of 32 characters or more',
  baseURL: 'http://localhost',
  emailAndPassword: { enabled: true },
  logger: { disabled: true },
  telemetry: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
}
const auth = betterAuth(options)
await (await getMigrations(options)).runMigrations()
const email = `bench-${process.pid}@example.com`
const { user } = await auth.api.signUpEmail({ body: { email, password: 'correct horse', name: 'Bench' } })
const keys = []
for (let client = 0; client < 64; client++) {
  keys.push((await auth.api.createApiKey({ body: { userId: user.id, name: `Bench ${client}` } })).key)
}

const app = new Koa()
app.use(async (ctx, next) => {
  const { valid } = await auth.api.verifyApiKey({ body: { key: ctx.get('x-api-key') } })
  if (!valid) ctx.throw(401)
  return next()
})
app.use(answer)
await listen(
  app,
  keys.map(key => ({ 'x-api-key': key })),
)
