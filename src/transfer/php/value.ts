/** What PHP's `serialize()` writes of values without objects. An array keeps its order, and its keys are no properties. */
export type PhpValue = null | boolean | number | string | PhpArray
export type PhpArray = Map<string | number, PhpValue>

/** A text that is not a value of {@link PhpValue}, serialised. The message says what is wrong with it, and quotes none of it. */
export class PhpSerializedError extends Error {
  override readonly name = 'PhpSerializedError'
}
