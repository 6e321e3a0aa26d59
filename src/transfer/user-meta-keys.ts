/** WordPress's keys in its usermeta table for the values that matter here. */
export const APPLICATION_PASSWORDS = '_application_passwords'

export const capabilitiesKey = (prefix: string): string => `${prefix}capabilities`
