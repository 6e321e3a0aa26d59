/** Now in Unix seconds, as WordPress and OAuth keep times. */
export const nowInSeconds = (): number => Math.floor(Date.now() / 1000)
