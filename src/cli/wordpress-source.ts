import type { Knex } from 'knex'
import { CliError } from './errors.ts'

const isAddress = (from: string) => /^\w+:\/\//.test(from)

/** Opens WordPress's own database, runs the work and closes it. The URL contains a password, so no message quotes it. */
export async function withWordPressDatabase<T>(url: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  if (!url.startsWith('mysql://') || !URL.canParse(url)) {
    throw new CliError('Pass WordPress’s database as mysql://user:password@host/database.')
  }
  const { openDatabase } = await import('../server/database.ts')
  const knex = openDatabase(url)
  try {
    await knex.raw('SELECT 1').catch(error => {
      const message = String(error.message).replace(/^SELECT 1 - /, '') || error.code
      throw new CliError(`WordPress’s database cannot be used: ${message}`)
    })
    return await work(knex)
  } finally {
    await knex.destroy()
  }
}

/** Opens the source that `--from` names: a database, or the path of a dump. */
export async function withWordPressSource<T>(
  from: string,
  work: (source: { knex: Knex } | { dump: string }) => Promise<T>,
): Promise<T> {
  return isAddress(from) ? withWordPressDatabase(from, knex => work({ knex })) : work({ dump: from })
}
