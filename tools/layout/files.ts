import path from 'node:path'
import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'

const MIGRATION = /^(\d{4})_[a-z0-9_]+\.sql$/

/** Migration files are numbered without a gap, from 0001: a file with another name would never run. */
export function migrationProblems(tree: Tree): Problem[] {
  const folders = new Map<string, string[]>()
  for (const file of tree.files) {
    const match = /^(src\/.*\/migrations)\/(.+)$/.exec(file)
    if (match !== null)
      folders.set(match[1] as string, [...(folders.get(match[1] as string) ?? []), match[2] as string])
  }
  return [...folders].flatMap(([folder, names]) => {
    const misnamed = names
      .filter((name) => !MIGRATION.test(name))
      .map((name) =>
        migrationProblem(`${folder}/${name}`, 'is not named NNNN_name.sql', 'name it like 0002_add_note.sql'),
      )
    const numbers = names.flatMap((name) => Number(MIGRATION.exec(name)?.[1] ?? []))
    const wrong = numbers.sort((left, right) => left - right).findIndex((number, index) => number !== index + 1)
    if (wrong < 0 && numbers.length > 0) return misnamed
    const wanted = String((wrong < 0 ? 0 : wrong) + 1).padStart(4, '0')
    return [
      ...misnamed,
      migrationProblem(
        folder,
        `has not exactly one file ${wanted}_*.sql`,
        'number the files 0001, 0002... without gaps',
      ),
    ]
  })
}

function migrationProblem(file: string, what: string, fix: string): Problem {
  return { rule: 'migrations', path: file, what, fix }
}

const OPEN_ENDS = /\b(TODO|FIXME|XXX|HACK)\b/
const OTHER_COMMENTS = /\.(sql|ya?ml|sh|py|css|html)$/
const TEXT = /\.(ts|tsx|mjs|js|json|md|sql|ya?ml|sh|py|css|html|txt|template|toml|env|example)$|(^|\/)[A-Z][a-z]+file$/

/** Nothing unfinished is left in the tree, and nothing that is true on one machine only. */
export function leftoverProblems(tree: Tree): Problem[] {
  const openEnds = [...tree.modules.values()].flatMap((module) =>
    module.comments.filter(({ text }) => OPEN_ENDS.test(text)).map(({ line }) => openEnd(module.path, line)),
  )
  const ownPaths = ownPathPattern(tree)
  const inTexts = tree.files
    .filter((file) => TEXT.test(file))
    .flatMap((file) =>
      tree
        .readText(file)
        .split('\n')
        .flatMap((text, index): Problem[] => [
          ...(OTHER_COMMENTS.test(file) && OPEN_ENDS.test(text) ? [openEnd(file, index + 1)] : []),
          ...(ownPaths.test(text) ? [machinePath(file, index + 1)] : []),
        ]),
    )
  return [...openEnds, ...inTexts]
}

function openEnd(file: string, line: number): Problem {
  const fix = 'finish it, or write down in the README what is not there yet'
  return { rule: 'leftovers', path: file, line, what: 'leaves something to do', fix }
}

function machinePath(file: string, line: number): Problem {
  const fix = 'write it relative to the repository, or as a setting'
  return { rule: 'leftovers', path: file, line, what: 'names a path of one machine', fix }
}

/** Home folders in general, and where this very tree lies. */
function ownPathPattern(tree: Tree): RegExp {
  const places = [tree.root, tree.home]
    .filter((place) => path.isAbsolute(place) && place.length > 3)
    .map((place) => `${place.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=[/\\\\]\\w)`)
  const homes = ['/home/[a-z_][\\w-]*/\\w', '/Users/[A-Za-z][\\w.-]*/\\w', '\\b[A-Z]:\\\\+Users\\\\+\\w']
  return new RegExp([...places, ...homes].join('|'))
}
