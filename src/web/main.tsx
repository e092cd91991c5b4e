import { render } from 'preact'
import { App } from './App.tsx'
import { openOutbox } from './client/outbox.ts'
import { watchReach } from './client/reach.ts'
import { loadSession } from './client/session.ts'
import { applyTheme } from './client/theme.ts'
import { placeOf } from './places.ts'
import { loadLanguage } from './texts/languages.ts'

// Registered at once: waiting for an event that has passed would leave the device without it.
void navigator.serviceWorker?.register('/sw.js').catch(() => undefined)
applyTheme()
openOutbox()
watchReach()
void loadSession()
// Its code is on the way while the server says who is here; what fails is said where the page is shown.
void placeOf(location.pathname)
  .place.load()
  .catch(() => undefined)
void loadLanguage().then(() => {
  const root = document.getElementById('root')
  if (root !== null) render(<App />, root)
})
