import { createReadStream } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const HOSTS_FILE =
  process.platform === 'win32'
    ? join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts'

/** Some block a million names of advertisers here. What stands further down is left to DNS. */
const MAX_BYTES = 1024 * 1024

/**
 * The addresses that the system's hosts file gives a name. None if the file does not name it, or cannot be read.
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
