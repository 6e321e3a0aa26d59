/** A count that has begun. */
export interface Window {
  key: string
  points: number
  /** Milliseconds, as `Date.now()` has them. */
  ends: number
}

interface Node {
  window: Window
  older: Node | undefined
  newer: Node | undefined
}

/**
 * Windows by key, and the oldest of them. A list stands beside the Map, because an iterator of a Map walks past every key that
 * was deleted before: each step here takes the same time, however many windows there are.
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
