import { openDatabase } from '../src/server/database.ts'

/** `node scripts/database.ts create|drop SERVER NAME`: creates an empty database on a server, or drops it. */
const [action, server = '', name = ''] = process.argv.slice(2)
if (!/^\w+$/.test(name)) throw new Error('Name the database with letters, digits and _.')
const knex = openDatabase(server)
await knex.raw(`drop database if exists ${name}`)
if (action === 'create') await knex.raw(`create database ${name}`)
await knex.destroy()
