/** Under which keys WordPress keeps what counts here, in its table of users' further data. */
export const APPLICATION_PASSWORDS = '_application_passwords'

export const capabilitiesKey = (prefix: string): string => `${prefix}capabilities`
