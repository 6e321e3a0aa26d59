const WRITE_EVERY_MS = 3_000

/** One use of a credential. */
export interface Use {
  /** The id of the credential's row. */
  id: string
  /** Unix seconds. */
  at: number
  ip: string | null
}

/** The last use of a credential, as it is shown. */
interface LastUsed {
  lastUsed: number | null
  lastIp: string | null
}

export type LastUse = ReturnType<typeof createLastUse>

/**
 * Records when and from where each credential was last used. Uses are written in batches, every few seconds and at close,
 * so that they never delay a response. `withLastUse` includes the uses of this process that are not written yet.
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
        // Keep them for the next batch, unless they were used again meanwhile.
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
    /** Writes pending uses. */
    flush,
  }
}
