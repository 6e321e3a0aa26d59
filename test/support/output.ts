import type { ExecutionContext } from 'ava'

/** All that the process prints until the test ends. */
export function collectOutput(t: ExecutionContext): string[] {
  const printed: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      printed.push(String(chunk))
      return write(chunk, ...rest)
    }) as typeof stream.write
    t.teardown(() => {
      stream.write = write
    })
  }
  return printed
}
