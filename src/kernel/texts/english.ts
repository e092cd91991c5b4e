/** English of the pages of the frame itself. */
export const english = {
  languages: 'Language',
  back: 'Back',
  toStart: 'To the start',
  problemTitle: 'This did not work',
  requestId: (id: string) => `Request id, should you ask for help: ${id}`,
  connecting: {
    stale: {
      title: 'This sign-in is no longer good',
      text: 'It was used already, took too long, or was begun in another browser. Please connect again.',
    },
    declined: { title: 'Access was not given', text: 'Nothing was connected. You can try again.' },
    refused: { title: 'The sign-in was not accepted', text: 'Nothing was connected. Please connect again.' },
    away: { title: 'The other side could not be reached', text: 'Nothing was connected. Please connect again later.' },
    connected: { title: 'It is connected', text: 'What it has will be here in a few minutes.' },
  },
  status: {
    title: 'Status',
    well: 'Everything is running',
    unwell: 'Something is not running',
    version: (version: string, time: string) => `Version ${version} · ${time} UTC`,
    services: 'Services',
    outside: 'Connections to the outside',
    name: 'Name',
    state: 'State',
    about: 'About',
    on: 'On',
    off: 'Off',
    states: {
      healthy: 'Running',
      degraded: 'Running, without the database',
      unavailable: 'Not available',
    } as Readonly<Record<string, string>>,
  },
}
