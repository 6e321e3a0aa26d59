/** A login or e-mail address as people are found by it: without accents, in lower case, as WordPress compares them. */
export function fold(loginOrEmail: string): string {
  const plain = ASCII.test(loginOrEmail) ? loginOrEmail : loginOrEmail.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().trim()
}

/** As nearly all are, and every request asks: it has no accents to take off. */
const ASCII = /^[ -~]*$/
