import type { Provider } from 'oidc-provider'
import type { ProviderParts } from './configuration.ts'
import { createProvider } from './provider.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How long a process may go without looking whether another one has made a new signing key. */
const LOOK_EVERY_MS = 60_000

export type Providers = ReturnType<typeof createProviders>

/** oidc-provider of this process: built when it is first asked, and anew when the signing keys have changed. */
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
    /** Looks at the keys anew with the next request. */
    forget(): void {
      if (built) built.looked = 0
    },
  }
}
