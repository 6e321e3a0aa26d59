import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { ConnectError } from '../../errors.ts'
import { createDumpRows, type DumpRow } from './dump-rows.ts'
import { unreadable } from './sql-lexer.ts'
import { addMeta } from './user-meta.ts'
import type { UserMeta, UserRow } from './wordpress-user.ts'

/** Reads the users from a dump. The file is read in pieces, and only the users are kept in memory. */
export async function* readDump(path: string, prefix: string): AsyncGenerator<{ row: UserRow; meta: UserMeta }> {
  const tables = { users: `${prefix}users`, usermeta: `${prefix}usermeta` }
  const users: UserRow[] = []
  const metas = new Map<string, UserMeta>()

  function onRow({ table, values }: DumpRow): void {
    if (table === tables.users) {
      users.push(toUserRow(values))
      return
    }
    const { user_id = '', meta_key = '', meta_value = '' } = values
    const meta = metas.get(user_id) ?? { otherSites: [] }
    addMeta(meta, prefix, meta_key, meta_value)
    metas.set(user_id, meta)
  }

  const rows = createDumpRows(Object.values(tables), onRow)
  try {
    for await (const piece of await pieces(path)) rows.push(piece)
    rows.complete()
  } catch (error) {
    const isUnknown = !rows.hasTable(tables.users) && rows.otherUsers.size === 0
    throw isUnknown && error instanceof ConnectError ? noDump(path, error) : error
  }
  for (const table of Object.values(tables)) if (!rows.hasTable(table)) throw noTable(table, rows.otherUsers)

  for (const row of users) yield { row, meta: metas.get(row.ID) ?? { otherSites: [] } }
}

/** Large, because each piece has a fixed cost. */
const PIECE = 1024 * 1024

/** Throws Node's own errors for a missing file, which are clear enough. */
async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    return (await file.read(Buffer.alloc(2), 0, 2, 0)).buffer
  } finally {
    await file.close()
  }
}

async function pieces(path: string): Promise<AsyncIterable<Buffer>> {
  const head = await firstBytes(path)
  if (head.equals(UTF_16_LE) || head.equals(UTF_16_BE)) {
    throw unreadable(
      'The dump is in UTF-16, because PowerShell’s ">" wrote it. Create it with --result-file=FILE instead of ">".',
    )
  }
  const bytes = createReadStream(path, { highWaterMark: PIECE })
  return head.equals(GZIP) ? gunzip(bytes) : bytes
}

async function* gunzip(bytes: ReturnType<typeof createReadStream>): AsyncGenerator<Buffer> {
  const unzipped = createGunzip({ chunkSize: PIECE })
  bytes.on('error', error => unzipped.destroy(error)).pipe(unzipped)
  try {
    yield* unzipped
  } catch (error) {
    throw String((error as NodeJS.ErrnoException).code).startsWith('Z_')
      ? unreadable('The gzip data of the dump is corrupt.')
      : error
  }
}

const UTF_16_LE = Buffer.from([0xff, 0xfe])
const UTF_16_BE = Buffer.from([0xfe, 0xff])
const GZIP = Buffer.from([0x1f, 0x8b])

const toUserRow = (values: Record<string, string>): UserRow => ({
  ID: values.ID ?? '',
  user_login: values.user_login ?? '',
  user_pass: values.user_pass ?? '',
  user_email: values.user_email ?? '',
  user_registered: values.user_registered ?? '',
  display_name: values.display_name ?? '',
  spam: values.spam ?? '',
  deleted: values.deleted ?? '',
})

/** Any text has quotes. To a person who named the wrong file, an unclosed quote says little, so say more. */
const noDump = (path: string, { message }: ConnectError) =>
  unreadable(`"${path}" is not a complete SQL dump of a WordPress database: it has no table of users. ${message}`)

function noTable(table: string, others: ReadonlySet<string>) {
  const hint = [...others].map(other => other.replace(/users$/, '')).join(', ')
  return unreadable(
    hint
      ? `The dump has no table ${table}. The prefix of its tables seems to be ${hint}.`
      : `The dump has no table ${table}.`,
  )
}
