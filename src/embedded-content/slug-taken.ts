import { isUniqueViolation } from '../database/dialect.ts'
import { ConnectError } from '../errors.ts'

/** Tells the caller that another row has the slug, so that it asks again with another one. */
export async function unlessSlugTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw isUniqueViolation(error) ? new ConnectError('slug_exists') : error
  }
}
