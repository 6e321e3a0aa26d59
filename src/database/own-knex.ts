import type { Knex } from 'knex'
import { OptionsError } from '../errors.ts'

/** By which a host renames columns, such as Objection's `knexSnakeCaseMappers()`. */
const HOOKS = ['postProcessResponse', 'wrapIdentifier'] as const

/**
 * The host's Knex without its hooks that rename tables and columns: the package's rows have the names that it gave them. Over the
 * same pool, and with the same listeners, so that a host sees the package's queries as it sees its own.
 *
 * @throws OptionsError for a client class that renames by itself
 */
export function withoutMappers(knex: Knex): Knex {
  if (!hasMappers(knex.client)) return knex
  const client = Object.create(knex.client)
  client.config = { ...client.config, ...Object.fromEntries(HOOKS.map(hook => [hook, undefined])) }
  for (const hook of HOOKS) {
    if (isRenaming[hook](client)) {
      throw new OptionsError(
        `createConnect: knex: expected a client whose class renames no tables or columns (given: one with its own ${hook}())`,
      )
    }
  }
  const own = knex.withUserParams({ ...knex.userParams })
  own.client = client
  return own
}

const hasMappers = (client: KnexClient): boolean => HOOKS.some(hook => client.config[hook] || isRenaming[hook](client))

interface KnexClient {
  config: Knex.Config
  postProcessResponse(rows: object[], context: object): unknown
  wrapIdentifier(name: string, context: object): string
}

/** Tried, because a class may do it as well as the configuration. */
const isRenaming: Record<(typeof HOOKS)[number], (client: KnexClient) => boolean> = {
  postProcessResponse(client) {
    const rows = client.postProcessResponse([{ user_id: 1 }], {})
    return JSON.stringify(rows) !== '[{"user_id":1}]'
  },
  wrapIdentifier: client => !client.wrapIdentifier('user_id', {}).includes('user_id'),
}

/**
 * Runs a migration without the hooks of the host whose Knex runs it. A transaction has no copy without them, but Knex's own
 * books are kept past them too, by these two methods.
 */
export async function pastMappers(transaction: Knex, migrate: (knex: Knex) => Promise<void>): Promise<void> {
  const knex = transaction as Knex & { disableProcessing(): void; enableProcessing(): void }
  if (!HOOKS.some(hook => knex.client.config[hook])) return migrate(knex)
  knex.disableProcessing()
  try {
    await migrate(knex)
  } finally {
    knex.enableProcessing()
  }
}
