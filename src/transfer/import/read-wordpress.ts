import type { Knex } from 'knex'
import { ConnectError } from '../../errors.ts'
import { readDatabase } from './read-database.ts'
import { readDump } from './read-dump.ts'
import { toWordPressUser, type WordPressUser } from './wordpress-user.ts'

/** Where a WordPress is read from: its MySQL or MariaDB, or a dump of that. */
export type WordPressSource = (
  | {
      /** A Knex with the driver `mysql2`, on WordPress's database. It is only read from, and never destroyed here. */
      knex: Knex
    }
  | {
      /** Path of what `mysqldump`, `mariadb-dump`, `wp db export` or phpMyAdmin wrote, gzipped or not. */
      dump: string
    }
) & {
  /** What the names of WordPress's tables begin with: `$table_prefix` in `wp-config.php`; `wp_` if absent. */
  prefix?: string
}

/**
 * Reads the users of a WordPress with their application passwords, in the order of their IDs.
 *
 * @throws ConnectError `wordpress_unreadable`: no such tables, a file that is no dump; `database_unavailable`
 * @example
 * for await (const person of readWordPress({ dump: 'wordpress.sql' })) console.log(person.login, person.roles)
 */
export async function* readWordPress(source: WordPressSource): AsyncGenerator<WordPressUser> {
  const { prefix = 'wp_' } = source
  if (!/^\w{1,50}$/.test(prefix)) {
    throw new ConnectError('wordpress_unreadable', {
      message: 'A prefix of tables has letters, digits and _, such as wp_.',
    })
  }
  const users = 'knex' in source ? readDatabase(source.knex, prefix) : readDump(source.dump, prefix)
  for await (const { row, meta } of users) yield toWordPressUser(row, meta)
}
