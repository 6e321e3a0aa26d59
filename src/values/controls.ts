/** Control characters and direction marks: they can disguise a name as another. */
const CONTROLS = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u

/** Whether a text has such characters, or is malformed UTF-16. */
export const hasControls = (text: string): boolean => CONTROLS.test(text) || !text.isWellFormed()

/** @param instead replaces each of these characters; malformed UTF-16 becomes U+FFFD */
export const withoutControls = (text: string, instead = ''): string =>
  text.toWellFormed().replace(new RegExp(CONTROLS, 'gu'), instead)
