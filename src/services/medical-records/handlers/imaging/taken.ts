import type { Transaction } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { StudyContent } from '../../domain/imaging/dicom.ts'
import { insertStudy, linkFile, studyOfFile, unlinkFile, updateStudy } from '../../store/imaging.ts'
import { announceStudy } from './imaging.ts'

interface Taken {
  readonly row: { readonly id: string; readonly kind: string }
  readonly content: object | undefined
}

/**
 * What the person decided of the studies that DICOM files name. One that was taken is a study with its file: the one that the
 * file is linked with or that has its number, whose gaps it fills, else a new one.
 */
export async function keepStudies(
  context: Context,
  transaction: Transaction,
  document: { readonly id: string; readonly user_id: string },
  decisions: readonly Taken[],
): Promise<void> {
  for (const { row, content } of decisions) {
    if (row.kind !== 'imaging_study') continue
    if (content === undefined) await dropStudies(transaction, context, document.user_id, document.id, [row.id])
    else await keepStudy(context, transaction, document.id, row.id, content as StudyContent)
  }
}

async function keepStudy(
  context: Context,
  transaction: Transaction,
  documentId: string,
  findingId: string,
  said: StudyContent,
): Promise<void> {
  const now = context.now()
  const { name, observed_on, modality, body_part, facility, study_uid, series_uid, instance_uid } = said
  const told = { body_part, facility, study_uid, description: name }
  const before = await studyOfFile(transaction, context.personId, documentId, study_uid)
  if (before !== undefined) {
    const gaps = Object.entries(told).filter(([field]) => before[field as keyof typeof told] === null)
    const filled = gaps.some(([, value]) => value !== null) ? { ...before, ...Object.fromEntries(gaps) } : undefined
    const changed = filled === undefined ? undefined : await updateStudy(transaction, before, filled, now)
    if (changed !== undefined) await announceStudy(context, transaction, changed, 'corrected')
  }
  const study =
    before ??
    (await insertStudy(
      transaction,
      context.personId,
      {
        id: context.newId(),
        ...NOTHING,
        ...told,
        modality,
        status: 'COMPLETED',
        studied_at: observed_on === null ? now : new Date(observed_on),
        // Taking the decision back takes the study back.
        metadata: { finding_id: findingId },
      },
      now,
    ))
  const header = Object.fromEntries(
    Object.entries({ modality, series_uid, study_uid, sop_instance_uid: instance_uid }).filter(
      (one): one is [string, string] => one[1] !== null,
    ),
  )
  const file = { id: context.newId(), study_id: study.id, document_id: documentId, kind: 'dicom' as const, header }
  await linkFile(transaction, context.personId, file, now)
  if (before === undefined) await announceStudy(context, transaction, study, 'added')
}

const NOTHING = {
  findings: null,
  impression: null,
  performed_by: null,
  referred_by: null,
  accession_number: null,
  notes: null,
} as const

/** Takes a file from the studies it is linked with; a study that was made of one of these findings goes with its last file. */
export async function dropStudies(
  transaction: Transaction,
  context: Context,
  userId: string,
  documentId: string,
  findingIds: readonly string[],
): Promise<void> {
  for (const study of await unlinkFile(transaction, userId, documentId, findingIds)) {
    await announceStudy(context, transaction, study, 'deleted')
  }
}
