/** Imports an optional peer dependency, when it is first needed. {@link missingPeers} has found it before. */
export const loadPeer = async <T>(name: string): Promise<T> => (await import(name)) as T

/** Returns the packages among these that are not installed. */
export const missingPeers = (names: readonly string[]): string[] =>
  names.filter(name => {
    try {
      return import.meta.resolve(name) === ''
    } catch {
      return true
    }
  })
