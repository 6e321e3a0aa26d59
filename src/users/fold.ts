/** A login or e-mail address as people are found by it: without accents, in lower case, as WordPress compares them. */
export const fold = (loginOrEmail: string): string =>
  loginOrEmail.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
