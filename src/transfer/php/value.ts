/**
 * The values that PHP's `serialize()` writes, without objects. A Map keeps an array's order, and its keys are no
 * properties.
 */
export type PhpValue = null | boolean | number | string | PhpArray
export type PhpArray = Map<string | number, PhpValue>

/**
 * Thrown for a text that is not a serialized {@link PhpValue}. The message says what is wrong and does not quote the text.
 */
export class PhpSerializedError extends Error {
  override readonly name = 'PhpSerializedError'
}
