import { randomBytes, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'

const CONCURRENCY = 1_000

/** Fills the table up to `rows` application passwords, `ofOneUser` of them the user's, the others of users a hundred each. */
export async function fill(
  knex: Knex,
  { rows, ofOneUser, userId }: { rows: number; ofOneUser: number; userId: string },
): Promise<void> {
  const [counted] = await knex('connect_application_passwords').count({ there: '*' })
  const there = Number(counted?.there ?? 0)
  for (let begin = there; begin < Math.max(rows, ofOneUser); begin += CONCURRENCY) {
    const chunk = Array.from({ length: CONCURRENCY }, (_, at) =>
      row(begin + at < ofOneUser ? userId : owner(begin + at)),
    )
    await knex.batchInsert('connect_application_passwords', chunk, 500)
  }
}

const owner = (at: number) => String(1_000 + Math.floor(at / 100))

function row(userId: string) {
  const hash = `$generic$${randomBytes(30).toString('base64url')}`
  const created = Math.floor(Date.now() / 1000)
  return { uuid: randomUUID(), user_id: userId, app_id: '', name: 'Filler', lookup: hash, hash, created }
}
