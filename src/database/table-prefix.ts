import { z } from 'zod'

export const tablePrefixSchema = z
  .string()
  .regex(/^\w{0,30}$/, 'expected up to 30 letters, digits and _')
  .default('connect_')
