import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Pages by their file names. */
export type Pages = Readonly<Record<string, string>>

/** Names of the pages that the folder does not have as they are; line ends don't count. */
export function differingPages(folder: string, pages: Pages): string[] {
  return Object.entries(pages)
    .filter(([name, text]) => textOf(path.join(folder, name)) !== text)
    .map(([name]) => name)
}

/** Writes the named pages into the folder. */
export function writePages(folder: string, pages: Pages, names: readonly string[]): void {
  for (const name of names) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, pages[name] ?? '')
  }
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : undefined
}
