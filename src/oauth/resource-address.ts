/**
 * Two spellings of one address have the same path here (RFC 3986, 6.2.2 and 6.2.3): dot segments are resolved, escapes have
 * upper-case digits, and what needs no escape has none.
 *
 * @param path absolute, as `URL` or a request has it
 */
export const spelledOnce = (path: string): string => unescaped(resolved(path))

/** The same with dot segments as they are. */
export const unescaped = (path: string): string =>
  path.replace(/%([\da-f]{2})/gi, (encoded, digits) => {
    const letter = String.fromCharCode(Number.parseInt(digits, 16))
    return /[\w.~-]/.test(letter) ? letter : encoded.toUpperCase()
  })

const resolved = (path: string): string => new URL(`http://localhost${path}`).pathname
