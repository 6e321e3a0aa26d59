/** The file of the app that the command works on. Null for the site that the environment describes. */
export let appFile: string | null = null
/** Whether it was given as `--app`. Otherwise it is in the environment, which the next command reads too. */
export let isAppTyped = false

/** Only one command runs at a time. */
export function chooseApp(typed: string | undefined, fromEnvironment: string | undefined): void {
  isAppTyped = typed !== undefined
  appFile = typed ?? (fromEnvironment || null)
}
