const WRITE_EVERY_MS = 3_000

/** One use of one credential. */
export interface Use {
  /** What the credential's row is known by. */
  id: string
  /** Unix seconds. */
  at: number
  ip: string | null
}

/** What is shown of a credential's last use. */
interface LastUsed {
  lastUsed: number | null
  lastIp: string | null
}

export type LastUse = ReturnType<typeof createLastUse>

/**
 * When and from where each credential was last used. Remembered here and written in one batch every few seconds and at
 * close, so that it never delays an answer; what this process has pending is shown already, through `withLastUse`.
 */
export function createLastUse(recordUses: (uses: Use[]) => Promise<void>, report: (error: unknown) => void) {
  let pending = new Map<string, Use>()
  let writing = new Map<string, Use>()
  let timer: NodeJS.Timeout | undefined
  let write = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    write = write.then(async () => {
      if (pending.size === 0) return
      writing = pending
      pending = new Map()
      try {
        await recordUses([...writing.values()])
      } catch (error) {
        // Kept for the next batch, unless used again meanwhile.
        pending = new Map([...writing, ...pending])
        timer ??= setTimeout(flush, WRITE_EVERY_MS).unref()
        report(error)
      } finally {
        writing = new Map()
      }
    })
    return write
  }

  return {
    record(use: Use): void {
      pending.set(use.id, use)
      timer ??= setTimeout(flush, WRITE_EVERY_MS).unref()
    },
    withLastUse<T extends LastUsed>(id: string, item: T): T {
      const use = pending.get(id) ?? writing.get(id)
      return use && use.at >= (item.lastUsed ?? 0) ? { ...item, lastUsed: use.at, lastIp: use.ip } : item
    },
    /** Writes what is pending. */
    flush,
  }
}
