import type { Knex } from 'knex'
import { ConnectError } from '../../errors.ts'
import { readDatabase } from './read-database.ts'
import { readDump } from './read-dump.ts'
import { toWordPressUser, type WordPressUser } from './wordpress-user.ts'

/** Where to read a WordPress from: its MySQL or MariaDB database, or a dump of it. */
export type WordPressSource = (
  | {
      /**
       * A Knex instance with the driver `mysql2`, connected to WordPress's database. It is only read, and never destroyed
       * here.
       */
      knex: Knex
    }
  | {
      /** Path of a file from `mysqldump`, `mariadb-dump`, `wp db export` or phpMyAdmin, gzipped or not. */
      dump: string
    }
) & {
  /** Prefix of the names of WordPress's tables: `$table_prefix` in `wp-config.php`. `wp_` by default. */
  prefix?: string
}

/**
 * Reads the users of a WordPress with their application passwords, sorted by ID.
 *
 * @throws ConnectError `wordpress_unreadable` if the tables are missing or the file is not a dump; `database_unavailable`
 * @example
 * for await (const person of readWordPress({ dump: 'wordpress.sql' })) console.log(person.login, person.roles)
 */
export async function* readWordPress(source: WordPressSource): AsyncGenerator<WordPressUser> {
  const { prefix = 'wp_' } = source
  if (!/^\w{1,50}$/.test(prefix)) {
    throw new ConnectError('wordpress_unreadable', {
      message: 'The prefix must consist of letters, digits and _, such as wp_.',
    })
  }
  const users = 'knex' in source ? readDatabase(source.knex, prefix) : readDump(source.dump, prefix)
  for await (const { row, meta } of users) yield toWordPressUser(row, meta)
}
