import { AddEntryPage } from './AddEntryPage.tsx'
import { AddRecordPage } from './AddRecordPage.tsx'
import { ReportPage, StudyPage } from './ClinicPage.tsx'
import { DocumentPage } from './DocumentPage.tsx'
import { EntryPage } from './EntryPage.tsx'
import { RecordsPage } from './RecordsPage.tsx'

/** The pages of the record: opened one after the other, they come as one file. */
export const recordsPages = { RecordsPage, AddRecordPage, AddEntryPage, DocumentPage, EntryPage, StudyPage, ReportPage }
