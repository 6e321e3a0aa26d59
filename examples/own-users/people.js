import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import knex from 'knex'

export const database = knex({ client: 'better-sqlite3', connection: { filename: 'site.db' }, useNullAsDefault: true })

const people = () => database('people')
const digest = promisify(scrypt)

export async function createTable() {
  if (await database.schema.hasTable('people')) return
  await database.schema.createTable('people', table => {
    table.uuid('id').primary()
    table.string('nick').notNullable().unique()
    table.string('email').notNullable().unique()
    table.boolean('is_admin').notNullable()
    table.string('salt').notNullable()
    table.string('password').notNullable()
  })
}

export async function createPerson(nick, password, isAdmin = false) {
  const salt = randomBytes(16).toString('hex')
  const hash = (await digest(password, salt, 32)).toString('hex')
  const email = `${nick}@example.com`
  await people().insert({ id: randomUUID(), nick, email, is_admin: isAdmin, salt, password: hash })
}

export async function findPerson(id) {
  // An id may come from an address: only what can be one is looked up.
  return /^[\da-f-]{36}$/.test(id) ? people().where({ id }).first() : undefined
}

export async function personCalled(nickOrEmail) {
  const wanted = nickOrEmail.toLowerCase()
  return people().whereRaw('lower(nick) = ? or lower(email) = ?', [wanted, wanted]).first()
}

/** The person, if this is their password. */
export async function checkPassword(nickOrEmail, password) {
  const person = await personCalled(nickOrEmail)
  const given = await digest(password, person?.salt ?? '', 32)
  return person && timingSafeEqual(given, Buffer.from(person.password, 'hex')) ? person : undefined
}
