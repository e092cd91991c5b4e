/** English of the pages of the frame itself. */
export const english = {
  languages: 'Language',
  back: 'Back',
  toStart: 'To the start',
  problemTitle: 'This did not work',
  requestId: (id: string) => `Request id, should you ask for help: ${id}`,
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
