/**
 * Normalizes a path, so that all spellings of a URL have the same one (RFC 3986, sections 6.2.2 and 6.2.3): dot segments
 * are resolved, escapes have upper-case digits, and unnecessary escapes are decoded.
 *
 * @param path absolute, from `URL` or a request
 */
export const spelledOnce = (path: string): string => unescaped(resolved(path))

/** The same, but keeps dot segments. */
export const unescaped = (path: string): string =>
  path.replace(/%([\da-f]{2})/gi, (encoded, digits) => {
    const letter = String.fromCharCode(Number.parseInt(digits, 16))
    return /[\w.~-]/.test(letter) ? letter : encoded.toUpperCase()
  })

const resolved = (path: string): string => new URL(`http://localhost${path}`).pathname
