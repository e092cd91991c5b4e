import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/** How a form of the web client names a field of an operation: `fields.recordSymptom.symptom_name`. */
export const NAMED_FIELD = /(?<![.\w])fields\.(\w+)\.(\w+)/g

type Rows = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Puts the row of each field where a form names it: a page comes with its own fields, and the table with none. */
export function fieldsInPlace(root: string): Plugin {
  return {
    name: 'fields',
    async setup(build) {
      const table = (await import(pathToFileURL(path.join(root, 'src/web/fields.ts')).href)) as { readonly rows: Rows }
      build.onLoad({ filter: /[\\/]web[\\/].*\.tsx$/ }, ({ path: file }) => ({
        loader: 'tsx',
        contents: readFileSync(file, 'utf8').replaceAll(NAMED_FIELD, (named, operation: string, field: string) => {
          const row = table.rows[operation]?.[field]
          if (row === undefined) throw new Error(`${file} names ${named}, which no contract has: npm run forms`)
          return JSON.stringify([field, row])
        }),
      }))
    },
  }
}

/** From here on the chart library hands out what our charts ask for nowhere: bars, steps, splines, joins, other zones. */
const FURTHER = ['uPlot.assign = assign;', 'export { uPlot as default };'] as const

/** The chart library without its further parts, an eighth of it; whole when it no longer looks as it did. */
export function chartsAlone(): Plugin {
  return {
    name: 'charts',
    setup(build) {
      build.onLoad({ filter: /[\\/]uPlot\.esm\.js$/ }, ({ path: file }) => {
        const text = readFileSync(file, 'utf8')
        const [from, to] = FURTHER.map((line) => text.indexOf(line))
        if (from === undefined || to === undefined || from < 0 || to < from) return undefined
        return { loader: 'js', contents: `${text.slice(0, from)}uPlot.pxRatio = pxRatio;\n${text.slice(to)}` }
      })
    },
  }
}
