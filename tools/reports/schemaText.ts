/** The members of a JSON Schema that our contracts use. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema | readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly default?: unknown
  readonly description?: string
}

const LINE_WIDTH = 100

/** A schema as a reader would note it down: one line where it fits, else a member a line with its description. */
export function schemaText(schema: Schema, indent = ''): string {
  const line = inLine(schema)
  const isDescribed = hasDescriptions(schema)
  if (!isDescribed && indent.length + line.length <= LINE_WIDTH) return line
  if (schema.properties !== undefined) return `{\n${members(schema, `${indent}  `)}${indent}}`
  if (schema.anyOf !== undefined && line.length > LINE_WIDTH) {
    return schema.anyOf.map((one) => schemaText(one, indent)).join(' | ')
  }
  if (isSchema(schema.items)) return `[${schemaText(schema.items, indent)}]`
  return line
}

function members(schema: Schema, indent: string): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, one]) => {
      const description = one.description === undefined ? '' : `  // ${one.description}`
      return `${indent}${memberName(schema, name)}: ${schemaText(one, indent)}${description}\n`
    })
    .join('')
}

function memberName(schema: Schema, name: string): string {
  return schema.required?.includes(name) === true ? name : `${name}?`
}

function hasDescriptions(schema: Schema): boolean {
  return Object.values(schema.properties ?? {}).some((one) => one.description !== undefined)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inLine(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(inLine).join(' | ')
  if (schema.allOf !== undefined) return schema.allOf.map(inLine).join(' & ')
  switch (schema.type) {
    case 'object':
      return objectText(schema)
    case 'array':
      return isSchema(schema.items) ? `[${inLine(schema.items)}]` : '[any]'
    case 'integer':
    case 'number':
      return `${schema.type}${rangeText(schema)}${defaultText(schema)}`
    case 'string':
      return `${schema.format ?? 'text'}${lengthText(schema)}${defaultText(schema)}`
    case undefined:
      return 'any'
    default:
      return `${schema.type}${defaultText(schema)}`
  }
}

function objectText(schema: Schema): string {
  const values = Object.values(schema.patternProperties ?? {})[0]
  if (values !== undefined) return `{ [name]: ${inLine(values)} }`
  const parts = Object.entries(schema.properties ?? {}).map(
    ([name, one]) => `${memberName(schema, name)}: ${inLine(one)}`,
  )
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

function rangeText({ minimum, maximum }: Schema): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  if (minimum !== undefined && isBounded) return ` ${minimum}..${maximum}`
  if (minimum !== undefined) return ` >= ${minimum}`
  return isBounded ? ` <= ${maximum}` : ''
}

function lengthText({ format, maxLength }: Schema): string {
  return format !== undefined || maxLength === undefined ? '' : `(${maxLength})`
}

function defaultText({ default: value }: Schema): string {
  return value === undefined ? '' : ` = ${JSON.stringify(value)}`
}
