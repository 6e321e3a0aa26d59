import { type Command, Option } from 'commander'
import type { Client } from '../oauth/clients/client-rows.ts'
import type { CreatedClient } from '../oauth/clients/clients-types.ts'
import { lines, success } from './messages.ts'
import { formatItem, type Item, type Kind } from './output.ts'

export const CLIENT_ID = ['<client-id>', 'client ID of the application'] as const

/** Field names are those of RFC 7591, except where ours differ. */
export const CLIENT: Kind = {
  fields: [
    'client_id',
    'name',
    'redirect_uris',
    'website',
    'description',
    'type',
    'legacy',
    'self_registered',
    'owner_id',
    'created',
  ],
  id: 'client_id',
}

export const toItem = (client: Client): Item => ({
  client_id: client.clientId,
  name: client.name,
  redirect_uris: client.redirectUris,
  website: client.website,
  description: client.description,
  type: client.type,
  legacy: client.legacy,
  self_registered: client.selfRegistered,
  owner_id: client.ownerId,
  created: client.created,
})

/** How a command shows a secret that it has created. */
export interface SecretOptions {
  format: 'table' | 'json'
  porcelain?: true
}

/** Adds `--format` and `--porcelain`. */
export const withSecretOptions = (command: Command, porcelain: string): Command =>
  command
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .option('--porcelain', porcelain)

/** Shows a client with its new secret, only this time. A client without a secret has no such field. */
export function showWithSecret({ client, secret }: CreatedClient, message: string, { format }: SecretOptions): void {
  const [id = '', ...others] = CLIENT.fields
  const fields = secret === null ? CLIENT.fields : [id, 'client_secret', ...others]
  if (format === 'table') success(secret === null ? message : `${message} The secret is shown only once.`)
  lines(formatItem({ ...toItem(client), client_secret: secret }, { ...CLIENT, fields }, { format }))
}
