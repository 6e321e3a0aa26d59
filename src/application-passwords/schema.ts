import type { Arguments } from '../rest/arguments.ts'
import { MAX_NAME } from './name.ts'

const properties = {
  uuid: {
    description: 'The unique identifier for the application password.',
    type: 'string',
    format: 'uuid',
    context: ['view', 'edit', 'embed'],
    readonly: true,
  },
  app_id: {
    description: 'A UUID provided by the application to uniquely identify it.',
    type: 'string',
    oneOf: [
      { type: 'string', format: 'uuid' },
      { type: 'string', enum: [''] },
    ],
    context: ['view', 'edit', 'embed'],
  },
  name: {
    description: 'The name of the application password.',
    type: 'string',
    minLength: 1,
    maxLength: MAX_NAME,
    pattern: '.*\\S.*',
    context: ['view', 'edit', 'embed'],
  },
  password: {
    description: 'The generated password. It is only in the response that creates it.',
    type: 'string',
    context: ['edit'],
    readonly: true,
  },
  created: {
    description: 'The time when the application password was created, in GMT.',
    type: 'string',
    format: 'date-time',
    context: ['view', 'edit'],
    readonly: true,
  },
  last_used: {
    description: 'The time when the application password was last used, in GMT.',
    type: ['string', 'null'],
    format: 'date-time',
    context: ['view', 'edit'],
    readonly: true,
  },
  last_ip: {
    description: 'The IP address that the application password was last used from.',
    type: ['string', 'null'],
    format: 'ip',
    context: ['view', 'edit'],
    readonly: true,
  },
} as const

/** The schema of the responses, as OPTIONS returns it. */
export const applicationPasswordSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'application-password',
  type: 'object',
  properties,
}

export const createArguments: Arguments = {
  app_id: properties.app_id,
  name: { ...properties.name, required: true },
}

export const renameArguments: Arguments = { app_id: properties.app_id, name: properties.name }
