/** The current time in Unix seconds, as WordPress and OAuth store times. */
export const nowInSeconds = (): number => Math.floor(Date.now() / 1000)
