import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import knex from 'knex'

export const database = knex({ client: 'better-sqlite3', connection: { filename: 'site.db' }, useNullAsDefault: true })

const people = () => database('people')
const digest = promisify(scrypt)

/** With anna in it, an administrator. Each worker comes here, so another one may have been first. */
export async function createTable() {
  await database.raw(
    'create table if not exists people (id integer primary key, nick text unique, email text, is_admin boolean, salt text, password text)',
  )
  const salt = randomBytes(16).toString('hex')
  const password = (await digest(process.env.ANNA_PASSWORD, salt, 32)).toString('hex')
  const anna = { id: 1, nick: 'anna', email: 'anna@example.com', is_admin: true, salt, password }
  await people().insert(anna).onConflict('id').ignore()
}

/** By an id that may come from an address: only what can be one is looked up. */
export const findPerson = async id => (/^\d{1,9}$/.test(id) ? people().where('id', Number(id)).first() : undefined)

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
