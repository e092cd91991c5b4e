// What every page stands on. The bundler puts this before each file, so that all of it is one chunk: as a dozen small ones,
// split by which page happens to use what, the first load weighed 2.5 KiB more. Nothing imports it by hand.
import './App.tsx'
import './client/cache.ts'
import './client/outbox.ts'
import './client/reach.ts'
import './client/session.ts'
import './format.ts'
import './parts/Page.tsx'
import './parts/Toast.tsx'
import './texts/serverWords.ts'
