import type { EngineParts } from './configuration.ts'
import { createEngine, type Engine } from './provider.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How long a process may go without looking whether another one has made a new signing key. */
const LOOK_EVERY_MS = 60_000

export type Engines = ReturnType<typeof createEngines>

/** The engine of this process: built when it is first asked, and anew when the signing keys have changed. */
export function createEngines(parts: EngineParts, signingKeys: SigningKeys) {
  let built: { engine: Engine; kids: string; looked: number } | undefined
  let building: Promise<Engine> | undefined

  async function build(): Promise<Engine> {
    const keys = await signingKeys.load()
    const kids = keys.map(({ kid }) => kid).join(' ')
    const engine = built?.kids === kids ? built.engine : await createEngine(parts, keys)
    built = { engine, kids, looked: Date.now() }
    return engine
  }

  return {
    /** @throws ConnectError `database_unavailable` */
    current(): Promise<Engine> {
      if (built && Date.now() - built.looked < LOOK_EVERY_MS) return Promise.resolve(built.engine)
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
