import { randomUUID } from 'node:crypto'
import argon2 from 'argon2'
import Koa from 'koa'
import { openDatabase } from '../../src/server/database.ts'
import { answer } from './answer.ts'
import { listen } from './listen.ts'

/** What one writes by oneself: passwords hashed as people's are, each request checked against the row that its id names. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const knex = openDatabase(process.env.DATABASE_URL ?? '')
if (!(await knex.schema.hasTable('keys'))) {
  await knex.schema.createTable('keys', table => {
    table.string('id', 36).primary()
    table.string('hash', 255)
  })
}
const [id, password] = [randomUUID(), randomUUID()]
await knex('keys').insert({ id, hash: await argon2.hash(password, COST) })

const app = new Koa()
app.use(async (ctx, next) => {
  const [, encoded = ''] = ctx.get('Authorization').split(' ')
  const [name, given = ''] = atob(encoded).split(':')
  const row = await knex('keys').where({ id: name }).first()
  if (!row || !(await argon2.verify(row.hash, given))) ctx.throw(401)
  return next()
})
app.use(answer)
await listen(app, [{ authorization: `Basic ${btoa(`${id}:${password}`)}` }])
