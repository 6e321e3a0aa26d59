import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext, type TestFn } from 'ava'
import knex, { type Knex } from 'knex'
import { phpSerialize } from '../../src/transfer/php/serialize.ts'
import type { PhpValue } from '../../src/transfer/php/value.ts'
import { testWith } from './tools.ts'
import { takeTurn } from './turn.ts'

const SERVER = process.env.TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/test'

/** ava's `test`, for what needs a MariaDB to hold a WordPress. Without one it is skipped, but never on CI. */
export async function testWithMariaDb(): Promise<TestFn> {
  if (process.env.CI === 'true' || (await listens(new URL(SERVER)))) return testWith('mariadb-dump')
  console.log(`Tests are skipped that need MariaDB: nothing listens at ${new URL(SERVER).host}.`)
  return test.skip as TestFn
}

const listens = ({ hostname, port }: URL): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(Number(port || 3306), hostname)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

interface Mysql2Connection {
  query(sql: string, done: (error: Error | null) => void): void
}

/** As WordPress itself does at each connection: its tables say "no date" with zeros, which MySQL forbids by default. */
const allowZeroDates = (connection: Mysql2Connection, done: (error: Error | null) => void) =>
  connection.query(
    "SET SESSION sql_mode = REPLACE(REPLACE(@@sql_mode, 'NO_ZERO_IN_DATE,', ''), 'NO_ZERO_DATE,', '')",
    done,
  )

export interface WordPressPerson {
  login: string
  email?: string
  name?: string
  /** Hash of the account password. */
  pass?: string
  /** As `wp_capabilities` has it: names of roles, or the whole value; null for none. */
  roles?: string[] | string | null
  registered?: string
  /** Entries of `_application_passwords`, or the whole value. */
  passwords?: Record<string, PhpValue>[] | string
}

export interface WordPress {
  url: string
  knex: Knex
  prefix: string
  /** Answers the user's ID. */
  add(person: WordPressPerson): Promise<number>
  /** Many at once. */
  addAll(people: readonly WordPressPerson[]): Promise<void>
  /** By `mariadb-dump`, with these flags too. Answers the file's path. */
  dump(...flags: string[]): Promise<string>
  /** The user meta `_application_passwords`, as it stands there. */
  meta(login: string, key?: string): Promise<string | undefined>
}

/** A database with the tables of a WordPress 7.1, as far as users go, in WordPress's own definitions. It goes with the test. */
export async function startWordPress(t: ExecutionContext, { prefix = 'wp_' } = {}): Promise<WordPress> {
  await takeTurn(t)
  const name = `koa_wp_connect_wordpress_${randomBytes(8).toString('hex')}`
  const server = knex({ client: 'mysql2', connection: SERVER })
  await server.raw(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
  const url = Object.assign(new URL(SERVER), { pathname: name }).href
  const wordpress = knex({ client: 'mysql2', connection: url, pool: { min: 0, max: 10, afterCreate: allowZeroDates } })
  t.teardown(async () => {
    await wordpress.destroy()
    await server.raw(`DROP DATABASE ${name}`)
    await server.destroy()
  })
  for (const statement of TABLES) await wordpress.raw(statement.replaceAll('wp_', prefix))
  // WordPress sets no strict mode: its own zeros for "no date" would be refused.
  await wordpress(`${prefix}options`).insert({
    option_name: 'siteurl',
    option_value: 'https://wp.example',
    autoload: 'on',
  })

  async function addAll(people: readonly WordPressPerson[]): Promise<void> {
    const [last] = await wordpress(`${prefix}users`).max({ id: 'ID' })
    let id = Number(last?.id ?? 0)
    const users = []
    const metas = []
    for (const person of people) {
      id++
      users.push({ ID: id, ...toRow(person) })
      for (const [key, value] of Object.entries(toMeta(person, prefix))) {
        metas.push({ user_id: id, meta_key: key, meta_value: value })
      }
    }
    await wordpress.batchInsert(`${prefix}users`, users, 200)
    await wordpress.batchInsert(`${prefix}usermeta`, metas, 200)
  }

  return {
    url,
    knex: wordpress,
    prefix,
    addAll,
    async add(person) {
      await addAll([person])
      return (await wordpress(`${prefix}users`).max({ id: 'ID' }))[0]?.id
    },
    async dump(...flags) {
      const directory = await mkdtemp(join(tmpdir(), 'koa-wp-connect-dump-'))
      t.teardown(() => rm(directory, { recursive: true }))
      const file = join(directory, 'wordpress.sql')
      const { hostname, port, username, password } = new URL(SERVER)
      const { status, stderr } = spawnSync(
        'mariadb-dump',
        [`--host=${hostname}`, `--port=${port || 3306}`, `--user=${username}`, ...flags, `--result-file=${file}`, name],
        { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: password } },
      )
      if (status !== 0) throw new Error(stderr)
      return file
    },
    async meta(login, key = '_application_passwords') {
      const row = await wordpress(`${prefix}usermeta`)
        .join(`${prefix}users`, 'user_id', 'ID')
        .where({ user_login: login, meta_key: key })
        .first('meta_value')
      return row?.meta_value
    },
  }
}

/** An entry of `_application_passwords`, in the order in which WordPress writes its members. */
export const entry = (members: Partial<Record<string, PhpValue>>): Record<string, PhpValue> => ({
  uuid: '',
  app_id: '',
  name: 'Zapier',
  password: '',
  created: 1_700_000_000,
  last_used: null,
  last_ip: null,
  ...(members as Record<string, PhpValue>),
})

const toRow = (person: WordPressPerson) => ({
  user_login: person.login,
  user_pass: person.pass ?? '*',
  user_nicename: person.login.toLowerCase(),
  user_email: person.email ?? `${person.login}@example.com`,
  user_registered: person.registered ?? '2021-03-04 05:06:07',
  display_name: person.name ?? person.login,
})

function toMeta({ login, roles = ['author'], passwords }: WordPressPerson, prefix: string): Record<string, string> {
  const capabilities = Array.isArray(roles) ? phpSerialize(new Map(roles.map(role => [role, true]))) : roles
  return {
    nickname: login,
    ...(capabilities !== null && { [`${prefix}capabilities`]: capabilities }),
    [`${prefix}user_level`]: '2',
    ...(passwords && { _application_passwords: typeof passwords === 'string' ? passwords : serialise(passwords) }),
    session_tokens: 'a:0:{}',
  }
}

const serialise = (entries: Record<string, PhpValue>[]) =>
  phpSerialize(new Map(entries.map((members, i) => [i, new Map(Object.entries(members))])))

const CHARSET = 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci'

/** `wp_get_db_schema()`; posts stand for all that an import passes over. */
const TABLES = [
  `CREATE TABLE wp_users (
    ID bigint(20) unsigned NOT NULL auto_increment,
    user_login varchar(60) NOT NULL default '',
    user_pass varchar(255) NOT NULL default '',
    user_nicename varchar(50) NOT NULL default '',
    user_email varchar(100) NOT NULL default '',
    user_url varchar(100) NOT NULL default '',
    user_registered datetime NOT NULL default '0000-00-00 00:00:00',
    user_activation_key varchar(255) NOT NULL default '',
    user_status int(11) NOT NULL default '0',
    display_name varchar(250) NOT NULL default '',
    PRIMARY KEY  (ID),
    KEY user_login_key (user_login),
    KEY user_nicename (user_nicename),
    KEY user_email (user_email)
  ) ${CHARSET}`,
  `CREATE TABLE wp_usermeta (
    umeta_id bigint(20) unsigned NOT NULL auto_increment,
    user_id bigint(20) unsigned NOT NULL default '0',
    meta_key varchar(255) default NULL,
    meta_value longtext,
    PRIMARY KEY  (umeta_id),
    KEY user_id (user_id),
    KEY meta_key (meta_key(191))
  ) ${CHARSET}`,
  `CREATE TABLE wp_options (
    option_id bigint(20) unsigned NOT NULL auto_increment,
    option_name varchar(191) NOT NULL default '',
    option_value longtext NOT NULL,
    autoload varchar(20) NOT NULL default 'yes',
    PRIMARY KEY  (option_id),
    UNIQUE KEY option_name (option_name),
    KEY autoload (autoload)
  ) ${CHARSET}`,
  `CREATE TABLE wp_posts (
    ID bigint(20) unsigned NOT NULL auto_increment,
    post_author bigint(20) unsigned NOT NULL default '0',
    post_content longtext NOT NULL,
    post_title text NOT NULL,
    PRIMARY KEY  (ID)
  ) ${CHARSET}`,
]
