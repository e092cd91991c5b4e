import type { SearchParameter } from './parameters.ts'

type Path = SearchParameter['paths'][number]

/** The part of each type that a token or a reference is sorted by; a plain value by itself. */
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  CodeableConcept: ['.coding.code', '.text'],
  Coding: ['.code'],
  Identifier: ['.value'],
  ContactPoint: ['.value'],
  Reference: ['.reference', '.identifier.value', '.display'],
}

/** SQL/JSON paths to what a parameter finds, for sorting by it. Names come from the definitions, never from a request. */
export function sortPaths(parameter: SearchParameter): string[] {
  return parameter.paths.flatMap((steps) => pathsOf(steps)).filter((path) => /^[\w.$?()@=" |[\]-]+$/.test(path))
}

function pathsOf(steps: Path): string[] {
  let heads = ['$']
  let leaves: readonly string[] = ['']
  for (const step of steps) {
    if (step.kind === 'members') {
      leaves = step.properties.map((property) => property.type)
      heads = heads.flatMap((head) => step.properties.map((property) => `${head}.${property.name}`))
    } else if (step.kind === 'index') heads = heads.map((head) => `${head}[${step.index}]`)
    else if (step.kind === 'equals') heads = heads.map((head) => `${head} ? (@.${step.name} == "${step.value}")`)
  }
  const types = [...new Set(leaves)]
  const ends = types.flatMap((type) => LEAVES[type] ?? [''])
  return heads.flatMap((head) => ends.map((end) => `${head}${end}`))
}
