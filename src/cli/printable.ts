/** Characters that control a terminal or disguise a text: control characters, direction marks, malformed UTF-16. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Replaces such characters by escapes, such as `\u001b`. Inside JSON the escape means the same character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const NO_COLUMN = /[\p{Mn}\p{Me}\p{Cf}]/u
const TWO_COLUMNS =
  /(?![\uFF61-\uFFDC])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\uFF01-\uFFE6]/u

/**
 * Returns how many columns of a terminal a text needs: combining accents need none, East Asian characters and emoji two.
 */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) {
    if (TWO_COLUMNS.test(character)) width += 2
    else if (!NO_COLUMN.test(character)) width += 1
  }
  return width
}
