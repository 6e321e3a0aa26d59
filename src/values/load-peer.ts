import { OptionsError } from '../errors.ts'

/**
 * Imports an optional peer dependency, when it is first needed.
 *
 * @throws OptionsError that says which package to install
 */
export async function loadPeer<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new OptionsError(`The option "content" needs the package ${name}: npm install ${name}`)
  }
}
