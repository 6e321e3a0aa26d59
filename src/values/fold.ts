/** Folds a login or email address as WordPress compares them: without accents, in lower case. */
export function fold(loginOrEmail: string): string {
  const plain = ASCII.test(loginOrEmail) ? loginOrEmail : loginOrEmail.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().trim()
}

/** A shortcut for most values, because every request calls this: ASCII has no accents to remove. */
const ASCII = /^[ -~]*$/
