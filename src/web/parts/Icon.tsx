const PATHS = {
  today: 'M4 11.5 12 5l8 6.5M6.5 10v8.5h11V10M10 18.5v-5h4v5',
  trends: 'M4 17.5 9.5 11l4 4L20 7M20 7h-4.5M20 7v4.5',
  plus: 'M12 5v14M5 12h14',
  wellness: 'M12 20c-5-3.4-8-6.4-8-10a4.3 4.3 0 0 1 8-2.2A4.3 4.3 0 0 1 20 10c0 3.6-3 6.6-8 10z',
  records: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 16h5',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  more: 'M5 7h14M5 12h14M5 17h14',
  symptom: 'M10 5a2 2 0 0 1 4 0v7.8a4 4 0 1 1-4 0zM12 9v7',
  goal: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h.01',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14a6.5 6.5 0 0 1 3.5 6',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2',
  pulse: 'M3 12h4l2.5-6 4.5 12 2.5-6H21',
  check: 'M5 12.5 10 17l9-10',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  out: 'M14 5H6v14h8M10 12h10M16.5 8.5 20 12l-3.5 3.5',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5 20 20',
} as const

export type IconName = keyof typeof PATHS

/** Drawings that point along the line of writing: mirrored where it runs from right to left. */
const POINTING: ReadonlySet<IconName> = new Set(['back', 'out'])

/** A line drawing beside a word; it says nothing by itself. */
export function Icon({ name, size = 24 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      class={POINTING.has(name) ? 'icon points' : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
