import { readdirSync, readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)

/** Text of a file of this repository. */
export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** Everything that people read, by its path. */
export const documents = (): string[] => [
  'README.md',
  'CHANGELOG.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

/** The README of each example. */
export const exampleReadmes = (): string[] =>
  readdirSync(new URL('examples/', root), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => `examples/${name}/README.md`)

/** The fenced blocks of a document, in order. */
export function blocks(path: string, language: string): string[] {
  return [...read(path).matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code)
}

/** The one block that contains `marker`. */
export function block(path: string, language: string, marker: string): string {
  const found = blocks(path, language).filter(code => code.includes(marker))
  if (found.length !== 1) throw new Error(`${path} has ${found.length} ${language} blocks with ${marker}`)
  return found[0] as string
}

/** The rows of a document's tables, each as its cells. */
export const tableRows = (path: string): string[][] =>
  read(path)
    .split('\n')
    .filter(line => line.startsWith('| ') && !line.startsWith('| ---'))
    .map(line =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(cell => cell.trim()),
    )
