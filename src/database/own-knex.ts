import type { Knex } from 'knex'
import { OptionsError } from '../errors.ts'

/** Hooks by which a host renames columns, such as Objection's `knexSnakeCaseMappers()`. */
const HOOKS = ['postProcessResponse', 'wrapIdentifier'] as const

/**
 * Returns the host's Knex without its hooks that rename tables and columns, so that the package's rows keep their names. It
 * has the same pool and the same listeners, so a host sees the package's queries like its own.
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
        `createConnect: knex: expected a client whose class does not rename tables or columns (given: a class with its own ${hook}())`,
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

/** Tested by calling the hooks, because a class can rename as well as the configuration. */
const isRenaming: Record<(typeof HOOKS)[number], (client: KnexClient) => boolean> = {
  postProcessResponse(client) {
    const rows = client.postProcessResponse([{ user_id: 1 }], {})
    return JSON.stringify(rows) !== '[{"user_id":1}]'
  },
  wrapIdentifier: client => !client.wrapIdentifier('user_id', {}).includes('user_id'),
}

/**
 * Runs a migration without the hooks of the host's Knex. A transaction cannot be copied without them. Knex's own migrator
 * has the same problem, and solves it with these two methods.
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
