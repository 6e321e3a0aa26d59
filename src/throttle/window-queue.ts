/** A window that has started. */
export interface Window {
  key: string
  points: number
  /** Milliseconds, as in `Date.now()`. */
  ends: number
}

interface Node {
  window: Window
  older: Node | undefined
  newer: Node | undefined
}

/**
 * Windows by key, in order of age. It has a linked list in addition to the Map, because a Map's iterator walks over all
 * deleted keys: here each step takes constant time, however many windows there are.
 */
export class WindowQueue {
  readonly #nodes = new Map<string, Node>()
  #oldest: Node | undefined
  #newest: Node | undefined

  get size(): number {
    return this.#nodes.size
  }

  get oldest(): Window | undefined {
    return this.#oldest?.window
  }

  get(key: string): Window | undefined {
    return this.#nodes.get(key)?.window
  }

  push(window: Window): void {
    const node: Node = { window, older: this.#newest, newer: undefined }
    if (this.#newest) this.#newest.newer = node
    else this.#oldest = node
    this.#newest = node
    this.#nodes.set(window.key, node)
  }

  delete(key: string): void {
    const node = this.#nodes.get(key)
    if (!node) return
    this.#nodes.delete(key)
    if (node.older) node.older.newer = node.newer
    else this.#oldest = node.newer
    if (node.newer) node.newer.older = node.older
    else this.#newest = node.older
  }
}
