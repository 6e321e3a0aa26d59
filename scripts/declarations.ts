import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../', import.meta.url))

export const ENTRIES = {
  'koa-wp-connect': 'index',
  'koa-wp-connect/testing': 'testing',
  'koa-wp-connect/transfer': 'transfer',
  'koa-wp-connect/migrations': 'migrations',
}
/** What users that the package brings are built from, and have: no host writes or reads it. */
const OPAQUE = new Set(['UsersContext', 'EmbeddedUsersInternals'])

/** A name that hosts can see. */
export interface Declared {
  name: string
  /** One, or several of an overloaded function; without `export` and `declare`. */
  statements: string[]
  /** Its TSDoc, as it stands there; '' if there is none. */
  comment: string
}

/** What hosts can see of the package. */
export interface Api {
  /** What each entry point exports. */
  entries: { specifier: string; names: { name: string; kind: 'type' | 'value'; declared: Declared | undefined }[] }[]
  /** Those, and every declaration of ours that can be reached from there, by name. */
  reached: Declared[]
  /** What is added to another module's types. */
  augmented: string[]
}

interface Module {
  declared: Map<string, Declared>
  augmented: string[]
  /** What a name is imported or exported as: of which file, and what it is called there. */
  linked: Map<string, { path: string; name: string }>
  exported: Map<string, 'type' | 'value'>
}

/** Has the compiler write the package's declarations, and reads them. */
export function readApi({ comments }: { comments: boolean }): Api {
  const folder = mkdtempSync(join(tmpdir(), 'koa-wp-connect-api-'))
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['--emitDeclarationOnly', ...(comments ? [] : ['--removeComments']), '--outDir', folder]
    execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...options], { stdio: 'inherit' })
    return reachAll(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function reachAll(folder: string): Api {
  const modules = new Map<string, Module>()
  const load = (path: string): Module => {
    const loaded = modules.get(path) ?? parse(readFileSync(path, 'utf8'), path)
    modules.set(path, loaded)
    return loaded
  }
  const reached = new Map<string, Declared>()
  const augmented = new Set<string>()

  function reach(path: string, name: string): Declared | undefined {
    const module = load(path)
    for (const statement of module.augmented) augmented.add(statement)
    const link = module.linked.get(name)
    const declared = module.declared.get(name)
    if (!declared) return link && reach(link.path, link.name)
    const key = `${name} ${relative(folder, path)}`
    if (reached.has(key)) return declared
    if (OPAQUE.has(name)) {
      reached.set(key, { ...declared, statements: [`${name}: of the package's own`] })
      return declared
    }
    reached.set(key, declared)
    for (const [word] of declared.statements
      .join('\n')
      .replace(STRINGS_AND_COMMENTS, '')
      .matchAll(/[A-Za-z_$][\w$]*/g)) {
      if (word !== name && (module.declared.has(word) || module.linked.has(word))) reach(path, word)
    }
    return declared
  }

  const entries = Object.entries(ENTRIES).map(([specifier, file]) => {
    const path = join(folder, `${file}.d.ts`)
    const names = [...load(path).exported].map(([name, kind]) => ({ name, kind, declared: reach(path, name) }))
    return { specifier, names: names.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  })
  const sorted = [...reached].sort(([a], [b]) => (a < b ? -1 : 1))
  return { entries, reached: sorted.map(([, declared]) => declared), augmented: [...augmented] }
}

const STRINGS_AND_COMMENTS = /\/\*\*.*?\*\/|"[^"]*"|'[^']*'/gs

/** A declaration file as the compiler writes it: each statement, and its comment, begins at the beginning of a line. */
function parse(text: string, path: string): Module {
  const module: Module = { declared: new Map(), augmented: [], linked: new Map(), exported: new Map() }
  let comment = ''
  for (const part of text.split(/\n(?=[a-z]|\/\*\*)/)) {
    const link = /^(import|export) (type )?\{(.*?)\}(?: from ['"](.+)['"])?;/s.exec(part)
    if (part.startsWith('/**')) {
      comment = part.trimEnd()
      continue
    }
    if (link) readLink(module, path, link)
    else readDeclaration(module, part.trimEnd(), comment)
    comment = ''
  }
  return module
}

function readLink({ linked, exported }: Module, path: string, [, kind, type, names = '', from]: RegExpExecArray): void {
  const target = from?.startsWith('.') ? join(dirname(path), from.replace(/\.[jt]s$/, '.d.ts')) : null
  for (const part of names
    .split(',')
    .map(each => each.trim())
    .filter(Boolean)) {
    const [, isType, name = '', as = name] = /^(type )?([\w$]+)(?: as ([\w$]+))?$/.exec(part) ?? []
    if (target && existsSync(target)) linked.set(as, { path: target, name })
    if (kind === 'export') exported.set(as, type || isType ? 'type' : 'value')
  }
}

function readDeclaration({ declared, augmented, exported }: Module, statement: string, comment: string): void {
  const [, isExported, kind = '', name = ''] =
    /^(export )?(?:declare )?(interface|type|class|function|const|module) (['"\w$]+)/.exec(statement) ?? []
  if (kind === 'module') augmented.push(statement)
  if (!kind || kind === 'module') return
  const before = declared.get(name)
  const statements = [...(before?.statements ?? []), statement.replace(/^export (declare )?|^declare /, '')]
  declared.set(name, { name, statements, comment: before?.comment || comment })
  if (isExported) exported.set(name, kind === 'interface' || kind === 'type' ? 'type' : 'value')
}
