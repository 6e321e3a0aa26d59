import { Option } from 'commander'
import { ROLES } from '../embedded-users/roles.ts'

/** `--role`, which takes WordPress's roles only. */
export const roleOption = (description: string): Option => new Option('--role <role>', description).choices(ROLES)
