import { areaTexts } from '../../../web/texts/catalogue.ts'

/** English of traces that devices recorded. */
export const recordingsEnglish = {
  title: 'ECG recordings',
  door: 'As your watch drew them',
  one: 'ECG',
  none: 'No ECG was taken yet. The export of Apple Health brings them.',
  unsaid: 'Not classified',
  said: 'Said by the device, not by Salus. It is no diagnosis.',
  symptoms: 'Symptoms you told it',
  seconds: (n: string) => `${n} s`,
  scale: '25 mm a second, 10 mm a millivolt',
  summary: (n: string, low: string, high: string) =>
    `Trace of ${n} seconds, from ${low} to ${high} µV. Scroll sideways to see all of it.`,
  removeText: 'It goes for good: no import brings it back.',
  removeNow: 'Remove this ECG',
  removed: 'The ECG was removed.',
}

/** The texts about traces in the language of the person. */
export const recordingTexts = areaTexts('recordings', recordingsEnglish)
