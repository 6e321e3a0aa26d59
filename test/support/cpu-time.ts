/**
 * Milliseconds of processor time that the work takes of this thread, of which a busy machine makes no more. A test that asks
 * is serial: what others do meanwhile would count.
 */
export async function cpuTime(work: () => unknown): Promise<number> {
  const began = process.threadCpuUsage()
  await work()
  const { user, system } = process.threadCpuUsage(began)
  return (user + system) / 1000
}
