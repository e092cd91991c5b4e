import { createStore } from './store.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'salus.theme'

/** How this device shows the client; `auto` follows the device. */
export const theme = createStore<Theme>(THEMES.find((one) => one === localStorage.getItem(KEY)) ?? 'auto')

export function setTheme(wanted: Theme): void {
  localStorage.setItem(KEY, wanted)
  theme.set(wanted)
  applyTheme()
}

export function applyTheme(): void {
  const wanted = theme.get()
  if (wanted === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = wanted
}
