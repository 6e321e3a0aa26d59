import { type Command, Option } from 'commander'
import type { ApplicationPassword } from '../application-passwords/application-password.ts'
import { findUser } from './find-user.ts'
import { lines } from './messages.ts'
import {
  formatItems,
  ITEM_FORMATS,
  type Item,
  type Kind,
  LIST_FORMATS,
  type OutputOptions,
  type Value,
  withOutputOptions,
} from './output.ts'
import { withUsers } from './with-site.ts'

const APPLICATION_PASSWORD = {
  fields: ['uuid', 'app_id', 'name', 'created', 'last_used', 'last_ip'],
  id: 'uuid',
} as const satisfies Kind

type Field = (typeof APPLICATION_PASSWORD.fields)[number]

type ListOptions = OutputOptions &
  Partial<Record<Field, string>> & {
    orderby: Field
    order: 'asc' | 'desc'
  }

const FIELDS = `Fields: ${APPLICATION_PASSWORD.fields.join(', ')}. Times are Unix seconds. No command shows a password's hash.`

export function applicationPasswordListCommand(group: Command): void {
  const { fields } = APPLICATION_PASSWORD
  const list = group
    .command('list')
    .summary("list a user's application passwords")
    .description(`Lists a user’s application passwords. ${FIELDS}`)
    .argument('<user>', 'ID, login or email address')
  withOutputOptions(list, LIST_FORMATS)
    .addOption(new Option('--orderby <field>', 'field to sort by').choices(fields).default('created'))
    .addOption(new Option('--order <order>', 'sort order').choices(['asc', 'desc']).default('desc'))
  for (const field of fields) {
    // WP-CLI accepts --app-id for --app_id.
    const flags = field.includes('_') ? `--${field.replace('_', '-')}, --${field}` : `--${field}`
    list.option(`${flags} <value>`, `only those with exactly this ${field}`)
  }
  list.action(listApplicationPasswords)
}

export function applicationPasswordGetCommand(group: Command): void {
  const get = group
    .command('get')
    .summary('show one application password')
    .description(`Shows one application password. ${FIELDS}`)
    .argument('<user>', 'ID, login or email address')
    .argument('<uuid>', 'UUID of the application password')
  withOutputOptions(get, ITEM_FORMATS).action(getApplicationPassword)
}

async function listApplicationPasswords(named: string, options: ListOptions): Promise<void> {
  await withUsers('read', async ({ users, applicationPasswords }) => {
    const all = await applicationPasswords.list(await findUser(users, named))
    const wanted = all.map(toItem).filter(item => isWanted(item, options))
    // The list is sorted from oldest to newest, and the sort keeps this order among equal values.
    wanted.sort((a, b) => compare(a[options.orderby], b[options.orderby]))
    lines(formatItems(options.order === 'asc' ? wanted : wanted.reverse(), APPLICATION_PASSWORD, options))
  })
}

async function getApplicationPassword(named: string, uuid: string, output: OutputOptions): Promise<void> {
  await withUsers('read', async ({ users, applicationPasswords }) => {
    const found = await applicationPasswords.get(await findUser(users, named), uuid)
    lines(formatItems([toItem(found)], APPLICATION_PASSWORD, output))
  })
}

const toItem = (from: ApplicationPassword): Record<Field, Value> & Item => ({
  uuid: from.uuid,
  app_id: from.appId,
  name: from.name,
  created: from.created,
  last_used: from.lastUsed,
  last_ip: from.lastIp,
})

const isWanted = (item: Record<Field, Value>, options: ListOptions): boolean =>
  APPLICATION_PASSWORD.fields.every(
    field => options[field] === undefined || options[field] === String(item[field] ?? ''),
  )

/** Values that were never set come first. */
function compare(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}
