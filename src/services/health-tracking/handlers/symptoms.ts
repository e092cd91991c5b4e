import { announceCall } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound } from '../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import {
  SYMPTOM_CATEGORIES,
  SYMPTOM_DETAIL_FIELDS,
  SYMPTOM_TRIGGERS,
  type Symptom,
  type SymptomDetails,
} from '../contract/symptoms.ts'
import { healthTracking } from '../contract.ts'
import {
  ordinalOfWord,
  readSymptomSeverity,
  SEVERITY_RANGES,
  type SymptomWord,
  wordOfOrdinal,
} from '../domain/symptoms.ts'
import { readAnyTime, readMoment } from '../domain/times.ts'
import {
  deleteSymptom,
  findSymptom,
  insertSymptom,
  pageOfSymptoms,
  type SymptomRow,
  updateSymptom,
} from '../store/symptoms.ts'
import { factsOf } from './facts.ts'
import { changedMeanwhile, checkVersion, missing, pagingOf, periodOf, timeOf, versionOf } from './inputs.ts'
import { pageFrom } from './paging.ts'
import { symptomCall } from './projection.ts'

type SymptomHandlers = Pick<
  Handlers<typeof healthTracking>,
  'recordSymptom' | 'listSymptoms' | 'getSymptom' | 'updateSymptom' | 'deleteSymptom' | 'listSymptomCategories'
>

export const symptomHandlers: SymptomHandlers = {
  async recordSymptom(context, input) {
    return symptomOf(await recordSymptomAs(context, input, context.newId()))
  },

  async listSymptoms(context, input) {
    const paging = pagingOf(input)
    const period = await periodOf(input, async () => (await factsOf(context)).zone)
    const severity = input.severity === undefined ? undefined : ordinalOfWord(input.severity)
    const filter = { userId: context.personId, category: input.symptom_category, severity, ...period }
    const { rows, total } = await pageOfSymptoms(context.db, filter, paging)
    return pageFrom(rows, paging, (row) => [row.started_at.toISOString(), row.id], symptomOf, total)
  },

  async getSymptom(context, { id }) {
    return symptomOf(await existing(context, id))
  },

  async updateSymptom(context, { id, ...input }) {
    const row = await existing(context, id)
    checkVersion(input, row.version)
    const now = context.now()
    const isGraded = given(input.severity) || given(input.severity_level)
    const { ordinal, level } = isGraded
      ? severityOf(input.severity, input.severity_level)
      : { ordinal: row.severity, level: row.severity_level }
    const started = input.start_time ? timeOf('start_time', readMoment(input.start_time, now)) : row.started_at
    const ended =
      input.end_time === undefined
        ? row.ended_at
        : input.end_time === null
          ? null
          : timeOf('end_time', readMoment(input.end_time, now))
    checkOrder(started, ended)
    const changed = {
      ...row,
      name: input.symptom_name ?? row.name,
      category: input.symptom_category ?? row.category,
      severity: ordinal,
      severity_level: level,
      started_at: started,
      ended_at: ended,
      details: { ...row.details, ...detailsOf(input) },
    }
    const after = await updateSymptom(context.db, changed, symptomCall(context, id), now)
    if (after === undefined) throw changedMeanwhile()
    return symptomOf(after)
  },

  async deleteSymptom(context, { id, ...input }) {
    const announcement = symptomCall(context, id)
    if (await deleteSymptom(context.db, context.personId, id, versionOf(input), announcement)) return null
    return missing('Symptom', async () => (await findSymptom(context.db, context.personId, id)) !== undefined)
  },

  async listSymptomCategories() {
    const severities = SEVERITY_RANGES.map(({ word, from, to }) => ({
      word,
      level_from: from,
      level_to: to,
      ordinal: ordinalOfWord(word),
    }))
    return { categories: [...SYMPTOM_CATEGORIES], triggers: [...SYMPTOM_TRIGGERS], severities }
  },
}

type NewSymptom = InputOf<typeof healthTracking.operations.recordSymptom>

/** The row of a new symptom, checked. Throws 422 for what the diary can't hold. */
export function newSymptom(context: Context, input: NewSymptom, id: string): Parameters<typeof insertSymptom>[1] {
  const now = context.now()
  const { ordinal, level } = severityOf(input.severity, input.severity_level)
  const started = input.start_time ? timeOf('start_time', readMoment(input.start_time, now)) : now
  const ended = input.end_time ? timeOf('end_time', readMoment(input.end_time, now)) : null
  checkOrder(started, ended)
  return {
    id,
    user_id: context.personId,
    name: input.symptom_name,
    category: input.symptom_category,
    severity: ordinal,
    severity_level: level,
    started_at: started,
    ended_at: ended,
    details: detailsOf(input),
  }
}

/** Writes a symptom into the diary under an id. Throws 422, and 23505 for an id that is taken. */
export function recordSymptomAs(context: Context, input: NewSymptom, id: string): Promise<SymptomRow> {
  const row = newSymptom(context, input, id)
  const announcement = announceCall(context, healthTracking.events.symptomLogged, {
    user_id: context.personId,
    symptom_id: row.id,
    symptom_name: row.name,
    symptom_category: row.category,
    severity: row.severity,
    severity_level: row.severity_level,
    time: row.started_at.toISOString(),
  })
  return insertSymptom(context.db, row, [announcement, symptomCall(context, row.id)], context.now())
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

function severityOf(word: SymptomWord | null | undefined, level: number | null | undefined) {
  const read = readSymptomSeverity(word, level)
  if ('fault' in read) throw fieldError(read.field, read.fault)
  return read
}

function checkOrder(started: Date, ended: Date | null): void {
  if (ended !== null && ended < started) throw fieldError('end_time', 'lies before start_time')
}

function detailsOf(input: SymptomDetails): Record<string, unknown> {
  if (input.medical_attention_date) timeOf('medical_attention_date', readAnyTime(input.medical_attention_date))
  const kept = SYMPTOM_DETAIL_FIELDS.filter((name) => input[name] !== undefined).map((name) => [name, input[name]])
  return Object.fromEntries(kept)
}

function symptomOf(row: SymptomRow): Symptom {
  return {
    id: row.id,
    version: row.version,
    user_id: row.user_id,
    symptom_name: row.name,
    symptom_category: row.category as Symptom['symptom_category'],
    severity: wordOfOrdinal(row.severity),
    severity_level: row.severity_level,
    severity_ordinal: row.severity,
    start_time: row.started_at.toISOString(),
    end_time: row.ended_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    ...(row.details as SymptomDetails),
    description: (row.details.description as string | null | undefined) ?? null,
  }
}

async function existing(context: Context, id: string): Promise<SymptomRow> {
  const row = await findSymptom(context.db, context.personId, id)
  if (row === undefined) throw notFound('Symptom')
  return row
}
