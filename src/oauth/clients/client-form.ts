import type { Fields } from '../../http/body.ts'
import type { ClientDetails } from './client-details.ts'
import type { Client } from './client-rows.ts'

/** The fields of an application's form as they were typed. They are shown again after an error. */
export interface ClientForm {
  name: string
  description: string
  website: string
  /** One URL per line. */
  redirectUris: string
  type: 'web' | 'native'
  legacy: boolean
}

export const EMPTY_FORM: ClientForm = {
  name: '',
  description: '',
  website: '',
  redirectUris: '',
  type: 'web',
  legacy: false,
}

export function readClientForm(form: Fields): ClientForm {
  return {
    name: form.get('name') ?? '',
    // Browsers send each line of a textarea with CR LF.
    description: (form.get('description') ?? '').replaceAll('\r\n', '\n').trim(),
    website: (form.get('website') ?? '').trim(),
    redirectUris: form.get('redirect_uris') ?? '',
    type: form.get('type') === 'native' ? 'native' : 'web',
    legacy: form.has('legacy'),
  }
}

export const formOf = (client: Client): ClientForm => ({ ...client, redirectUris: client.redirectUris.join('\n') })

export const detailsOf = (typed: ClientForm): Required<ClientDetails> => ({
  ...typed,
  redirectUris: typed.redirectUris
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== ''),
})
