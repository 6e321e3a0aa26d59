import { createReadStream } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const HOSTS_FILE =
  process.platform === 'win32'
    ? join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts'

/** Some people block a million ad servers here. Names after this size are left to DNS. */
const MAX_BYTES = 1024 * 1024

/**
 * Returns the addresses of a name in the system's hosts file. Empty if the file does not contain the name, or cannot be
 * read.
 *
 * @param name in lower case
 */
export async function addressesInHostsFile(name: string, file = HOSTS_FILE): Promise<string[]> {
  const lines = await text(createReadStream(file, { end: MAX_BYTES - 1 })).catch(() => '')
  return lines.split('\n').flatMap(line => {
    const [address = '', ...names] = line.replace(/#.*/, '').toLowerCase().trim().split(/\s+/)
    return isIP(address) && names.includes(name) ? [address] : []
  })
}
