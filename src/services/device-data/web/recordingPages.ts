import { RecordingPage, RecordingsPage } from './RecordingPages.tsx'

/** The pages of traces: they come as one file. */
export const recordingPages = { RecordingsPage, RecordingPage }
