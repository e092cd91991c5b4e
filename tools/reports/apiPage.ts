import type { Contract, Operation, SocketRoute, StreamRoute } from '../../src/kernel/contract.ts'
import { pathsOf } from '../../src/kernel/http/paths.ts'
import { code, codes, pageHead, sentence } from './markdown.ts'
import { type Schema, schemaText } from './schemaText.ts'

/** Every operation, by service, as a client sees it. */
export function apiPage(contracts: readonly Contract[]): string {
  const head = pageHead(
    'Operations',
    `What can be asked of the platform, by service: ${contracts.map(({ name }) => `[${name}](#${name})`).join(', ')}.

A path \`/api/v1/x\` also answers at \`/N/x\` and \`/N/api/v1/x\` for each public name N of its service (\`/N\` once, where x
begins with it), with and without a slash at the end. Names with \`?\` may be left out, \`= x\` is the default, \`text(n)\` has
at most n characters. Beyond the errors named, [any operation answers some](errors.md). The same as OpenAPI:
\`/openapi.json\`; to try out: \`/docs\`.`,
  )
  return [head, ...contracts.map(serviceSection)].join('\n')
}

/** Long shapes of one service that were shown already, with the operation that shows them. */
type Shown = Map<string, string>

function serviceSection(contract: Contract): string {
  const operations = Object.values(contract.operations)
  const isInternal = (one: Operation) => one.access.kind === 'service' || pathsOf(contract, one).length === 0
  const shown: Shown = new Map()
  const sections = [
    ...operations.filter((one) => !isInternal(one)).map((one) => publicSection(contract, one, shown)),
    ...Object.values(contract.streams).map((one) => streamSection(contract, one)),
    ...Object.values(contract.sockets).map((one) => socketSection(contract, one)),
    ...operations.filter(isInternal).map((one) => internalSection(one, shown)),
  ]
  return [`## ${contract.name}\n\n${sentence(contract.summary)}\n`, ...sections].join('\n')
}

function publicSection(contract: Contract, operation: Operation, shown: Shown): string {
  const [canonical] = pathsOf(contract, operation)
  const { status, produces, limit, accepts = [] } = operation
  const facts = [
    `who: ${accessText(operation.access)}`,
    ...aliasFact(operation),
    ...(accepts.length === 0 ? [] : [`also takes: ${accepts.join(', ')}`]),
    `answers ${status}${produces === undefined ? '' : ` as ${code(produces)}`}${errorsText(operation)}`,
    ...(limit === undefined ? [] : [`at most ${limit.requests} requests in ${limit.windowSeconds} seconds`]),
  ]
  return section(`${canonical?.method} ${canonical?.path}`, operation, facts, shown)
}

function internalSection(operation: Operation, shown: Shown): string {
  const facts = [`who: other services, through \`context.call\`${errorsText(operation)}`]
  return section(`${operation.service}.${operation.name}`, operation, facts, shown)
}

function section(title: string, operation: Operation, facts: readonly string[], shown: Shown): string {
  const { name, summary, status } = operation
  const input = shapeOnce(operation.input as Schema, `what ${name} takes`, shown)
  const output = status === 204 ? 'nothing' : shapeOnce(operation.output as Schema, `what ${name} answers`, shown)
  const list = facts.map((fact) => `- ${fact}`).join('\n')
  return `### ${title}\n\n${code(name)}: ${sentence(summary)}\n\n${list}\n\n\`\`\`\nin   ${input}\nout  ${output}\n\`\`\`\n`
}

const LONG_SHAPE_LINES = 8

/** A shape, or where the same long one was shown first. */
function shapeOnce(schema: Schema, place: string, shown: Shown): string {
  const text = schemaText(schema)
  if (text.split('\n').length < LONG_SHAPE_LINES) return text
  const first = shown.get(text)
  if (first !== undefined) return first
  shown.set(text, place)
  return text
}

function streamSection(contract: Contract, route: StreamRoute): string {
  const [canonical] = pathsOf(contract, route)
  const facts = [
    `who: ${accessText(route.access)}`,
    ...aliasFact(route),
    `streams ${codes(route.produces)}`,
    ...Object.entries(route.parameters ?? {}).map(([name, text]) => `${code(`?${name}`)}: ${text}`),
  ]
  const list = facts.map((fact) => `- ${fact}`).join('\n')
  return `### ${canonical?.method} ${canonical?.path}\n\n${code(route.name)}: ${sentence(route.summary)}\n\n${list}\n`
}

function socketSection(contract: Contract, route: SocketRoute): string {
  const [canonical] = pathsOf(contract, route)
  const facts = [
    `who: ${accessText(route.access)}`,
    ...aliasFact(route),
    `a WebSocket; \`POST ${canonical?.path}/ticket\` gives browsers a one-time \`?ticket=\``,
    ...Object.entries(route.parameters ?? {}).map(([name, text]) => `${code(`?${name}`)}: ${text}`),
  ]
  const list = facts.map((fact) => `- ${fact}`).join('\n')
  return `### ${canonical?.method} ${canonical?.path}\n\n${code(route.name)}: ${sentence(route.summary)}\n\n${list}\n`
}

function aliasFact({ aliases = [] }: { readonly aliases?: readonly string[] }): string[] {
  return aliases.length === 0 ? [] : [`also at: ${codes(aliases)}`]
}

function errorsText({ errors = [] }: Operation): string {
  return errors.length === 0 ? '' : `; errors: ${codes([...errors].sort())}`
}

/** Who may call, in words. */
export function accessText(access: Operation['access']): string {
  switch (access.kind) {
    case 'public':
      return 'anyone'
    case 'account':
      return 'a signed-in account, about itself'
    case 'person':
      return `whoever may see the person's record of the category ${code(access.category)}`
    case 'role':
      return `accounts with the role ${access.roles.join(' or ')}`
    case 'service':
      return 'other services'
  }
}
