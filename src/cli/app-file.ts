/** The file of an app, whose own `createConnect()` the command works on; null for the site that the environment names. */
export let appFile: string | null = null
/** Whether it was typed as `--app`. Otherwise it is in the environment, where the next command finds it too. */
export let isAppTyped = false

/** One command runs at a time. */
export function chooseApp(typed: string | undefined, fromEnvironment: string | undefined): void {
  isAppTyped = typed !== undefined
  appFile = typed ?? (fromEnvironment || null)
}
