import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call, Problem } from '../../../web/client/endpoint.ts'
import { Field, Form, type Values } from '../../../web/parts/Form.tsx'
import { Shown } from '../../../web/parts/Page.tsx'
import { FieldError } from '../../../web/parts/reading.ts'
import type { deviceData } from '../contract.ts'
import { answerImport, vocabulary } from './endpoints.ts'
import type { Column } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { named, nameOf } from './words.ts'

type Metric = OutputOf<(typeof deviceData)['operations']['vocabulary']>['items'][number]

/** So many columns stand open; a table of a hundred would be a wall. */
const OPEN_COLUMNS = 12
const MOST_TIMES = 2

interface MappingProps {
  readonly id: string
  readonly columns: readonly Column[]
}

/** Asks which column of a table is what; what titles and cells let one guess is chosen already. */
export function Mapping({ id, columns }: MappingProps) {
  const t = devicesTexts().imports
  const metrics = useQuery(vocabulary, {})
  const send = async (values: Values, key: string) => {
    const mapping = mappingOf(columns, values)
    try {
      await call(answerImport, { id, mapping: mapping.input }, { key })
    } catch (problem) {
      throw atField(problem, mapping.places)
    }
    refresh()
  }
  if (columns.length === 0) return <p class="notice bad">{t.noColumns}</p>
  const ordered = [...columns.keys()].sort((left, right) => rankOf(columns[left]) - rankOf(columns[right]))
  return (
    <section class="card">
      <h2>{t.columnsTitle}</h2>
      <p class="soft">{t.columnsText}</p>
      <Shown answer={metrics}>
        {({ items }) => {
          const groups = groupsOf(items)
          const row = (place: number) => (
            <ColumnRow key={place} place={place} column={columns[place] as Column} groups={groups} />
          )
          const rest = ordered.slice(OPEN_COLUMNS)
          return (
            <Form onSend={send} submit={t.start}>
              <div class="form">{ordered.slice(0, OPEN_COLUMNS).map(row)}</div>
              {rest.length > 0 && (
                <details>
                  <summary>{t.otherColumns(rest.length)}</summary>
                  <div class="form">{rest.map(row)}</div>
                </details>
              )}
              <Field name="source" label={t.from} hint={t.fromHint} />
            </Form>
          )
        }}
      </Shown>
    </section>
  )
}

const rankOf = (column: Column | undefined) =>
  column?.looks_like === 'time' ? 0 : column?.metric != null ? 1 : column?.looks_like === 'number' ? 2 : 3

function groupsOf(items: readonly Metric[]): ReadonlyMap<string, readonly Metric[]> {
  const groups = new Map<string, Metric[]>()
  for (const one of items) {
    if (one.kind === 'text') continue
    groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  }
  return groups
}

interface ColumnRowProps {
  readonly place: number
  readonly column: Column
  readonly groups: ReadonlyMap<string, readonly Metric[]>
}

function ColumnRow({ place, column, groups }: ColumnRowProps) {
  const t = devicesTexts().imports
  const guess = column.looks_like === 'time' ? 'time' : (column.metric ?? '')
  const [use, setUse] = useState(guess)
  const examples = column.examples.slice(0, 3)
  return (
    <fieldset class="ticks">
      <legend dir="auto">{column.column === '' ? t.emptyColumn : column.column}</legend>
      <p class="soft">
        <bdi>{examples.length === 0 ? t.emptyColumn : examples.join(' · ')}</bdi>
      </p>
      <div class="value-and-unit">
        <div class="field">
          <select
            name={`use:${place}`}
            style={{ gridRow: 2 }}
            aria-label={`${t.useAs}: ${column.column}`}
            value={use}
            onChange={(event) => setUse(event.currentTarget.value)}
          >
            <option value="">{t.leaveOut}</option>
            <option value="time">{t.time}</option>
            {[...groups].map(([group, metrics]) => (
              <optgroup key={group} label={named({}, group)}>
                {metrics.map((one) => (
                  <option key={one.code} value={one.code}>
                    {nameOf(one)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </div>
        {use !== '' && use !== 'time' && (
          <Field
            key={use}
            name={`unit:${place}`}
            label={t.unit}
            value={use === guess ? (column.unit ?? '') : ''}
            placeholder={t.unitHint}
          />
        )}
      </div>
    </fieldset>
  )
}

interface Wanted {
  readonly input: {
    readonly time: string[]
    readonly values: { column: string; metric: string; unit?: string | undefined }[]
    readonly source?: string
  }
  /** Column of each value, to find the field again that the server means. */
  readonly places: readonly number[]
}

/** Throws at the field where the time, or every value, is missing. */
function mappingOf(columns: readonly Column[], values: Values): Wanted {
  const t = devicesTexts().imports
  const time: string[] = []
  const taken: { column: string; metric: string; unit?: string | undefined }[] = []
  const places: number[] = []
  for (const [place, { column }] of columns.entries()) {
    const use = values[`use:${place}`] ?? ''
    if (use === 'time') time.push(column)
    else if (use !== '') {
      const unit = values[`unit:${place}`]?.trim() || undefined
      taken.push({ column, metric: use, unit })
      places.push(place)
    }
  }
  if (time.length === 0) throw new FieldError('', t.needTime)
  if (taken.length === 0) throw new FieldError('', t.needValue)
  const source = slugOf(values.source ?? '')
  const input = { time: time.slice(0, MOST_TIMES), values: taken }
  return { input: source === '' ? input : { ...input, source }, places }
}

/** A name as sources have them: small letters, digits and hyphens. */
function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
}

function atField(problem: unknown, places: readonly number[]): unknown {
  if (!(problem instanceof Problem)) return problem
  const [fault] = problem.faults
  const index = /^mapping\.values\.(\d+)\.unit$/.exec(fault?.field ?? '')?.[1]
  const place = index === undefined ? undefined : places[Number(index)]
  if (fault === undefined || place === undefined) return problem
  const allowed = fault.allowed === undefined ? '' : `: ${fault.allowed.join(', ')}`
  return new FieldError(`unit:${place}`, `${fault.detail}${allowed}`)
}
