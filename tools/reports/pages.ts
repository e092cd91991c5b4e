import type { Setting } from '../../src/kernel/config.ts'
import { type Contract, eventTypeName } from '../../src/kernel/contract.ts'
import { ERROR_CODES } from '../../src/kernel/errors.ts'
import type { Service } from '../../src/kernel/service.ts'
import { apiPage } from './apiPage.ts'
import type { TableFacts } from './database.ts'
import type { Facts, SettingsGroup } from './facts.ts'
import { code, codes, pageHead, sentence, table } from './markdown.ts'
import { type Schema, schemaText } from './schemaText.ts'

/** The pages of docs/reference by their file names. */
export function pagesOf(facts: Facts): Readonly<Record<string, string>> {
  return {
    'api.md': apiPage(facts.contracts),
    'config.md': configPage(facts.settings),
    'errors.md': errorsPage(facts.contracts),
    'events.md': eventsPage(facts.contracts, facts.services),
    'services.md': servicesPage(facts.services, facts.tables),
    'tables.md': tablesPage(facts.tables),
  }
}

function servicesPage(services: readonly Service[], tables: readonly TableFacts[]): string {
  const rows = services.map(({ contract, needs, jobs = [], reactions = [], personal }) => [
    `[${contract.name}](../../src/services/${contract.name}/README.md)`,
    sentence(contract.summary),
    codes(contract.names),
    needs.map((need) => need.name).join(', '),
    [
      `${Object.keys(contract.operations).length} operations`,
      ...counted(Object.keys(contract.streams).length, 'stream'),
      ...counted(Object.keys(contract.events).length, 'event'),
      ...counted(reactions.length, 'reaction'),
      ...counted(jobs.length, 'job'),
      ...counted(tables.filter((one) => one.schema === contract.name.replaceAll('-', '_')).length, 'table'),
    ].join(', '),
    personal === undefined ? 'holds none' : 'exported and erased',
  ])
  const jobs = services.flatMap(({ contract, jobs: own = [] }) =>
    own.map((job) => [
      contract.name,
      code(job.name),
      job.everySeconds === undefined ? 'when queued' : `every ${job.everySeconds} s`,
      sentence(job.summary),
    ]),
  )
  return [
    pageHead('Services', 'Each is a folder of `src/services`, a schema of the database, and one process if you like.'),
    table(['service', 'what', 'public names', 'needs', 'has', 'personal data'], rows),
    '## Jobs\n',
    table(['service', 'job', 'runs', 'what'], jobs),
  ].join('\n')
}

function counted(count: number, word: string): string[] {
  return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]
}

function eventsPage(contracts: readonly Contract[], services: readonly Service[]): string {
  const heard = new Map<string, string[]>()
  for (const { contract, reactions = [] } of services) {
    for (const { on } of reactions) {
      const name = eventTypeName(on)
      heard.set(name, [...new Set([...(heard.get(name) ?? []), contract.name])])
    }
  }
  const sections = contracts
    .flatMap((contract) => Object.values(contract.events))
    .map((type) => {
      const name = eventTypeName(type)
      const facts = [
        `announced by ${type.service} on the topic ${code(type.topic)}`,
        `heard by ${heard.get(name)?.sort().join(', ') ?? 'nobody here'}`,
        ...(type.erasesPerson ? ['the person leaves: every service removes what it holds about them'] : []),
      ]
      const data = schemaText(type.data as Schema)
      return `## ${name}\n\n${sentence(type.summary)}\n\n${facts.map((fact) => `- ${fact}`).join('\n')}\n\n\`\`\`\n${data}\n\`\`\`\n`
    })
  const text = `What services announce. Delivered at least once, in order for one person, as CloudEvents 1.0 where a broker
carries them. A version is never changed; a new one stands beside it.`
  return [pageHead('Events', text), ...sections].join('\n')
}

function tablesPage(tables: readonly TableFacts[]): string {
  const text = `Every table, as PostgreSQL describes it after all migrations. **Closed by row** means that the role of the services
sees only the rows of the person (or account) of the call.`
  const schemas = [...new Set(tables.map((one) => one.schema))]
  const sections = schemas.flatMap((schema) => [
    `## ${schema}\n`,
    ...tables.filter((one) => one.schema === schema).map(tableSection),
  ])
  return [pageHead('Tables', text), ...sections].join('\n')
}

function tableSection({ schema, name, kind, isClosedByRow, columns, indexes, constraints }: TableFacts): string {
  const closed = kind === 'view' ? 'View.' : isClosedByRow ? 'Closed by row.' : 'Not closed by row.'
  const rows = columns.map((one) => [
    code(one.name),
    one.type,
    kind === 'view' ? '' : one.isRequired ? 'required' : 'may be null',
    code(one.origin),
  ])
  const lists = [
    ...indexes.map((one) => `- index ${code(one.name)}: ${code(one.definition)}`),
    ...constraints.map((one) => `- ${code(one)}`),
  ]
  const below = lists.length === 0 ? '' : `\n${lists.join('\n')}\n`
  return `### ${schema}.${name}\n\n${closed}\n\n${table(['column', 'type', '', 'default'], rows)}${below}`
}

function configPage(groups: readonly SettingsGroup[]): string {
  const text = `Environment variables. None is required; what is missing switches one capability to its offline way, or off.
\`npm run salus -- doctor\` shows the value of each, where it comes from, and what is wrong.`
  const sections = groups.map(
    ({ name, settings }) =>
      `## ${name}\n\n${table(['variable', 'what it does', 'default', 'also read as'], Object.values(settings).map(settingRow))}`,
  )
  return [pageHead('Configuration', text), ...sections].join('\n')
}

function settingRow({ variable, doc, isSecret, defaultValue, aliases }: Setting): string[] {
  return [code(variable), `${doc}${isSecret ? ' **Secret.**' : ''}`, defaultText(defaultValue), codes(aliases)]
}

function defaultText(value: unknown): string {
  if (value === undefined || value === '') return 'unset'
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : code(value.join(','))
  return code(String(value))
}

function errorsPage(contracts: readonly Contract[]): string {
  const declaredBy = new Map<string, string[]>()
  for (const contract of contracts) {
    for (const { name, errors = [] } of Object.values(contract.operations)) {
      for (const one of errors) declaredBy.set(one, [...(declaredBy.get(one) ?? []), `${contract.name}.${name}`])
    }
  }
  const rows = Object.entries(ERROR_CODES).map(([name, { status, title, legacy }]) => [
    code(name),
    String(status),
    title,
    code(legacy),
    codes(declaredBy.get(name) ?? []),
  ])
  const text = `Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`detail\`, \`error\` and \`message\` hold the
same sentence, and \`error_code\` the word that clients of the older systems read. Any operation may answer
\`validation_failed\`, \`too_many_requests\`, \`internal\`, \`unavailable\` and \`timeout\`; one that asks who you are also
\`unauthenticated\`, \`invalid_token\`, \`token_expired\` and \`insufficient_scope\`; one about a person's record \`not_found\`;
one that changes something \`malformed_body\`, \`payload_too_large\` and \`conflict\`.`
  return `${pageHead('Errors', text)}\n${table(['code', 'status', 'title', 'error_code', 'named by'], rows)}`
}
