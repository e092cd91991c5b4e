import type { InputOf } from '../../../kernel/contract.ts'
import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import { notFound } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { medicalRecords } from '../../medical-records/contract.ts'
import type { healthLinks } from '../contract.ts'
import type { TypedNote } from '../domain/note.ts'
import * as store from '../store/notes.ts'
import { LINK_NOTE, QUESTIONS } from '../store/personal.ts'
import { linkTexts } from '../texts/texts.ts'

type Operations = typeof healthLinks.operations

export const noteHandlers = { readVisitQuestions, saveVisitQuestions, listLinkNotes, acceptLinkNote, declineLinkNote }

async function readVisitQuestions(context: Context) {
  const row = await store.findQuestions(context.db, context.personId)
  const text = await decryptedText(context, QUESTIONS, row?.questions ?? null)
  return {
    questions: text === null ? [] : (JSON.parse(text) as string[]),
    updated_at: row?.updated_at.toISOString() ?? null,
  }
}

async function saveVisitQuestions(context: Context, input: InputOf<Operations['saveVisitQuestions']>) {
  const questions = input.questions.map((one) => one.trim()).filter((one) => one !== '')
  const [text, now] = [questions.length === 0 ? null : JSON.stringify(questions), context.now()]
  await store.writeQuestions(context.db, context.personId, await encryptedText(context, QUESTIONS, text), now)
  return { questions, updated_at: text === null ? null : now.toISOString() }
}

async function listLinkNotes(context: Context) {
  const rows = await store.listNotes(context.db, context.personId)
  const notes = rows.map(async (row) => {
    const { id, link_id, label: link_label, written_at } = row
    return { id, link_id, link_label, ...(await opened(context, row)), written_at: written_at.toISOString() }
  })
  return { notes: await Promise.all(notes) }
}

/** Kept under the id of the note: asked again after a break in between, it is still one report. */
async function acceptLinkNote(context: Context, { id }: { id: string }) {
  const row = await store.findNote(context.db, context.personId, id)
  if (row === undefined) throw notFound('Note')
  const { author, text } = await opened(context, row)
  const { notes: t } = linkTexts(context.caller.language ?? 'en')
  await context.call(medicalRecords.operations.keepNote, {
    id,
    title: t.reportTitle(row.label ?? ''),
    content: text,
    author: t.statedBy(author),
    written_at: row.written_at.toISOString(),
  })
  await store.deleteNote(context.db, context.personId, id)
  context.audit({ action: 'link_note_accepted', grantId: row.link_id })
  return { report_id: id }
}

async function declineLinkNote(context: Context, { id }: { id: string }) {
  if (!(await store.deleteNote(context.db, context.personId, id))) throw notFound('Note')
  context.audit({ action: 'link_note_declined', grantId: id })
  return null
}

async function opened(context: Context, { id, content }: store.NoteRow): Promise<TypedNote> {
  return JSON.parse((await decryptedText(context, LINK_NOTE, content, id)) as string) as TypedNote
}
