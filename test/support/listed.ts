import { globSync } from 'node:fs'
import { ROOT } from './shell.ts'

/** The paths of a list of tests. A list that names what is not there would test less than it says, so that is an error. */
export function listed(...paths: string[]): string[] {
  const absent = paths.filter(path => globSync(path.replace(/^!/, ''), { cwd: ROOT }).length === 0)
  if (absent.length > 0) throw new Error(`There are no such tests: ${absent.join(', ')}`)
  return paths
}
