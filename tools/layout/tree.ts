import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { type Module, readModule } from './module.ts'

/** Everything the rules look at, read once. Paths are relative to the root and have slashes on every system. */
export interface Tree {
  readonly root: string
  /** Home folder of whoever runs the check, which no file may name. */
  readonly home: string
  /** All files in sorted order, of every kind. */
  readonly files: readonly string[]
  /** The TypeScript files among them (JavaScript of `tools` too). */
  readonly modules: ReadonlyMap<string, Module>
  readText(file: string): string
}

const PLACES = ['src', 'tests', 'tools', 'bench', 'docs', 'deploy']
const SKIPPED = new Set(['node_modules', 'dist', 'data', '.cache', '.venv', '__pycache__', '.git'])

/** Reads the sources, documents and top-level files under `root`. */
export function readTree(root: string): Tree {
  const files = [...topFiles(root), ...PLACES.flatMap((place) => walk(root, place))].sort()
  const readText = (file: string) => readFileSync(path.join(root, file), 'utf8')
  const modules = new Map<string, Module>()
  const present = new Set(files)
  for (const file of files) {
    if (/\.(ts|tsx|mjs)$/.test(file)) modules.set(file, readModule(file, readText(file), present))
  }
  return { root: path.resolve(root), home: homedir(), files, modules, readText }
}

function topFiles(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
}

function walk(root: string, folder: string): string[] {
  let entries: { name: string; isDirectory(): boolean; isFile(): boolean }[]
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true })
  } catch (error) {
    // A place that a tree does not have (yet), or a temporary folder that just went away.
    if ((error as { code?: string }).code === 'ENOENT') return []
    throw error
  }
  return entries.flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(root, file)
    return entry.isFile() ? [file] : []
  })
}
