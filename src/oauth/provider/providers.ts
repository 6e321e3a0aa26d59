import type { Provider } from 'oidc-provider'
import type { ProviderParts } from './configuration.ts'
import { createProvider } from './provider.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How long a process may go without checking whether another process has created a new signing key. */
const LOOK_EVERY_MS = 60_000

export type Providers = ReturnType<typeof createProviders>

/**
 * Provides the oidc-provider of this process. It is created at its first use, and again when the signing keys have changed.
 */
export function createProviders(parts: ProviderParts, signingKeys: SigningKeys) {
  let built: { provider: Provider; kids: string; looked: number } | undefined
  let building: Promise<Provider> | undefined

  async function build(): Promise<Provider> {
    const keys = await signingKeys.load()
    const kids = keys.map(({ kid }) => kid).join(' ')
    const provider = built?.kids === kids ? built.provider : await createProvider(parts, keys)
    built = { provider, kids, looked: Date.now() }
    return provider
  }

  return {
    /** @throws ConnectError `database_unavailable` */
    current(): Promise<Provider> {
      if (built && Date.now() - built.looked < LOOK_EVERY_MS) return Promise.resolve(built.provider)
      building ??= build().finally(() => {
        building = undefined
      })
      return building
    },
    /** Makes the next request read the keys again. */
    forget(): void {
      if (built) built.looked = 0
    },
  }
}
