import { Option } from 'commander'
import { ROLES } from '../users/roles.ts'

/** Adds `--role`, which accepts only WordPress's roles. */
export const roleOption = (description: string): Option => new Option('--role <role>', description).choices(ROLES)
