import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { ask, runCommand, startPlatform } from '../platformProcess.ts'
import { openStage, overflowOf, type Stage, skip, smallTargetsOf, type Visit, violationsOf } from './browser.ts'

const PASSWORD = 'a Phrase 4 you'
const PASSPHRASE = 'a passphrase for the test'

/** The set-up link that the platform printed. */
function setupLinkOf(stage: Stage): string {
  return /Set up +http:\/\/localhost:\d+(\S+)/.exec(stage.printed())?.[1] as string
}

const tokenOf = (link: string) => new URLSearchParams(link.split('?')[1]).get('token') as string

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

describe('the first run, without scripts', { skip }, () => {
  let stage: Stage
  let visit: Visit
  before(async () => {
    stage = await openStage()
    visit = await stage.visit({ hasScripts: false })
  })
  after(() => stage.close())

  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])

  test('every plain page fits every screen, in light and dark, and axe finds nothing', async () => {
    const token = tokenOf(setupLinkOf(stage))
    const pages = ['/', `/welcome?token=${token}`, '/welcome?link=wrong', `/welcome/restore?token=${token}`]
    pages.push('/welcome/restored', '/welcome/mine', '/sign-in', '/register', `/auth/setup?token=${token}`, '/status')
    for (const [width, scheme] of [
      [320, 'light'],
      [390, 'dark'],
      [1280, 'light'],
    ] as const) {
      // axe itself is a script; the pages have none.
      const looker = await stage.visit({ width, scheme })
      for (const address of pages) {
        await looker.page.goto(address)
        assert.deepEqual(await violationsOf(looker.page), [], `${address} ${width} ${scheme}`)
        assert.ok((await overflowOf(looker.page)) <= 0, `${address} ${width} is too wide`)
        assert.deepEqual(await smallTargetsOf(looker.page), [], `${address} ${width}`)
        assert.equal(await looker.page.locator('script').count(), 0)
      }
      assert.deepEqual(looker.faults, [])
      await looker.context.close()
    }
  })

  test('a passer-by finds no way to restore, and a wrong link is said to be one', async () => {
    const { page } = visit
    await page.goto('/')
    await heading(page, 'Welcome to Salus')
    assert.equal(await page.getByRole('link', { name: 'Choose the backup' }).count(), 0)
    await page.getByLabel('Set-up link').fill('http://localhost/auth/setup?token=nothing')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('This link was used, or is too old').waitFor()
    noFaults()
    for (const address of ['/welcome/restore', '/welcome/restore?token=nothing']) {
      assert.equal((await fetch(`${stage.origin}${address}`)).status, 404)
      const posted = await fetch(`${stage.origin}${address}`, {
        method: 'POST',
        headers: { origin: stage.origin },
        body: new FormData(),
      })
      assert.equal(posted.status, 404)
    }
  })

  test('another site’s page makes no demo household and restores nothing', async () => {
    const token = tokenOf(setupLinkOf(stage))
    for (const address of ['/welcome/demo', `/welcome/restore?token=${token}`, '/welcome/mine', '/demo-household']) {
      const headers = { origin: 'https://evil.example.test' }
      const answer = await fetch(`${stage.origin}${address}`, { method: 'POST', headers, body: new FormData() })
      assert.ok([403, 415].includes(answer.status), `${address} ${answer.status}`)
    }
  })

  test('a file that is no backup, and a form without a file, are refused in a sentence', async () => {
    const { page } = visit
    await page.goto(setupLinkOf(stage))
    await page.getByRole('link', { name: /bring a backup back/ }).click()
    await page.getByRole('link', { name: 'Choose the backup' }).click()
    await page.getByLabel('Backup file').setInputFiles({
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('not a backup\n'),
    })
    await page.getByRole('button', { name: 'Check and restore' }).click()
    await page.getByText('This is no backup of Salus').waitFor()
    const form = new FormData()
    form.set('passphrase', 'something')
    const headers = { origin: stage.origin }
    const token = tokenOf(setupLinkOf(stage))
    const empty = await fetch(`${stage.origin}/welcome/restore?token=${token}`, { method: 'POST', headers, body: form })
    assert.equal(empty.status, 400)
    assert.match(await empty.text(), /Choose the backup file/)
    visit.faults.length = 0
  })

  test('the set-up link makes the administrator and signs them in; by a form only the right password does', async () => {
    const { page } = visit
    await page.goto('/')
    await page.getByLabel('Set-up link').fill(`http://localhost${setupLinkOf(stage)}`)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('link', { name: 'Start', exact: true }).click()
    await page.getByLabel('E-mail').fill('first@example.test')
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByLabel('The same again').fill(PASSWORD)
    await page.getByRole('button', { name: 'Make administrator' }).click()
    await page.getByRole('link', { name: 'Go on without scripts' }).click()
    await heading(page, 'Salus without scripts')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').fill('first@example.test')
    await page.getByLabel('Password').fill('not the phrase 1')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByLabel('E-mail').inputValue(), 'first@example.test')
    visit.faults.length = 0
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, 'Salus without scripts')
    noFaults()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading(page, 'Sign in')
    await page.goto('/plain')
    await heading(page, 'Sign in')
    noFaults()
  })

  test('a form that another page sent signs nobody in', async () => {
    const body = new URLSearchParams({ email: 'first@example.test', password: PASSWORD })
    const answer = await fetch(`${stage.origin}/sign-in`, { method: 'POST', body, redirect: 'manual' })
    assert.equal(answer.status, 403)
    assert.doesNotMatch(answer.headers.get('set-cookie') ?? '', /salus_session/)
  })

  test('once somebody has an account, the doors are closed and the first page is the client, which says where to go', async () => {
    const { page } = visit
    await page.goto('/')
    await heading(page, 'Salus')
    await page.getByRole('link', { name: 'make an account' }).click()
    await page.getByLabel('Name').fill('Second')
    await page.getByLabel('E-mail').fill('second@example.test')
    await page.getByLabel('Password').fill('short')
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.getByRole('alert').waitFor()
    visit.faults.length = 0
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.getByText('Signed in as').waitFor()
    noFaults()
    const demo = await fetch(`${stage.origin}/welcome/demo`, { method: 'POST', headers: { origin: stage.origin } })
    assert.equal(demo.status, 404)
  })

  test('only the administrator opens the page of the demo household', async () => {
    assert.equal((await fetch(`${stage.origin}/demo-household`)).status, 401)
    assert.equal((await visit.context.request.get('/demo-household')).status(), 403)
  })
})

describe('the first run in the client', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    page = visit.page
  })
  after(() => stage.close())

  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])

  test('one press makes the demo household and is in it; every page says that the data is made up', async () => {
    await page.goto('/')
    await page.getByRole('button', { name: 'Look around' }).click({ timeout: 60_000 })
    await page.getByText('Demo data, all synthetic').waitFor({ timeout: 60_000 })
    await page.locator('.tile').first().waitFor()
    assert.equal(await page.getByText('Finish getting started').count(), 0)
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      assert.deepEqual(await violationsOf(page), [])
      assert.ok((await overflowOf(page)) <= 0)
      assert.deepEqual(await smallTargetsOf(page), [])
    }
    const me = await (await visit.context.request.get('/api/v1/auth/me')).json()
    assert.equal(me.is_demo, true)
    noFaults()
  })

  test('from the demo to an account of one’s own', async () => {
    await page.getByRole('link', { name: 'Start with my data' }).click()
    await page.getByRole('button', { name: 'Leave the demo' }).click()
    await heading(page, 'Welcome to Salus')
    assert.equal((await visit.context.cookies()).filter(({ name }) => name === 'salus_session').length, 0)
    await page.goto(setupLinkOf(stage))
    await page.getByLabel('E-mail').fill('owner@example.test')
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByLabel('The same again').fill(PASSWORD)
    await page.getByRole('button', { name: 'Make administrator' }).click()
    await page.getByRole('link', { name: 'Go on', exact: true }).click()
    await page.getByText('Step 1 of 5').waitFor()
    await page.goto('/app/today')
    await page.getByText('Finish getting started').waitFor()
    assert.equal(await page.getByText('Demo data, all synthetic').count(), 0)
    noFaults()
  })

  test('the first questions are saved, skipped and gone on with after a reload, on every screen', async () => {
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.getByText('Step 1 of 5').waitFor()
    await page.getByLabel('First name').fill('Noor')
    await page.getByLabel('Date of birth').fill('1980-02-03')
    await page.getByRole('button', { name: 'Save and go on' }).click()
    await page.getByText('Step 2 of 5').waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('Step 3 of 5').waitFor()
    await page.getByLabel('Allergies').fill('Penicillin\nNuts')
    await page.getByRole('button', { name: 'Save and go on' }).click()
    await page.getByText('Step 4 of 5').waitFor()
    const profile = await (await visit.context.request.get('/api/v1/profile')).json()
    assert.deepEqual([profile.first_name, profile.date_of_birth], ['Noor', '1980-02-03'])
    assert.deepEqual(profile.allergies, ['Penicillin', 'Nuts'])
    await page.goto('/app/welcome')
    await page.getByText('Step 4 of 5').waitFor()
    for (const [width, address] of [
      [320, '/about'],
      [390, '/import'],
      [1280, '/health'],
      [320, '/caregiver'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 })
      await visit.open(`/app/welcome${address}`)
      await page.getByText(/Step . of 5/).waitFor()
      assert.deepEqual(await violationsOf(page), [], address)
      assert.ok((await overflowOf(page)) <= 0, address)
      assert.deepEqual(await smallTargetsOf(page), [], address)
    }
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('All set').waitFor()
    await page.getByRole('link', { name: 'To Today' }).click()
    await page.getByText('One short step is left').waitFor()
    await page.getByRole('button', { name: 'Don’t show this again' }).click()
    await page.getByText('Finish getting started').waitFor({ state: 'detached' })
    noFaults()
  })

  test('the administrator removes the demo from the screen and gets a receipt by service', async () => {
    await page.goto('/app/more')
    await page.getByRole('link', { name: 'Demo household' }).click()
    await page.getByText('4 made-up people').waitFor()
    assert.deepEqual(await violationsOf(page), [])
    await page.getByRole('button', { name: 'Remove the demo' }).click()
    await heading(page, 'The demo household is gone')
    await page.getByRole('row', { name: /wellness \d+/ }).waitFor()
    assert.deepEqual(await violationsOf(page), [])
    await page.goto('/demo-household')
    await page.getByText('There is no demo household here').waitFor()
    noFaults()
  })
})

describe('a backup through the page', { skip }, () => {
  test('what a backup held is all back, without scripts; the link is good no more', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'salus-first-'))
    const file = path.join(folder, 'all.backup')
    const source = { SALUS_DATA: path.join(folder, 'source'), SALUS_BACKUP_PASSPHRASE: PASSPHRASE }
    const before = await filledPlatform(source, file)
    const stage = await openStage()
    try {
      const { page, faults } = await stage.visit({ hasScripts: false })
      const token = tokenOf(setupLinkOf(stage))
      await page.goto(`/welcome/restore?token=${token}`)
      const send = async (passphrase: string) => {
        await page.getByLabel('Passphrase of the backup').fill(passphrase)
        await page.getByLabel('Backup file').setInputFiles(file)
        await page.getByRole('button', { name: 'Check and restore' }).click()
      }
      await send('not the passphrase')
      await page.getByText('The passphrase is wrong').waitFor()
      await send(PASSPHRASE)
      await page.getByRole('heading', { name: 'Everything is back' }).waitFor({ timeout: 60_000 })
      await page.getByRole('link', { name: 'Without scripts' }).click()
      await page.getByLabel('E-mail').fill('kept@example.test')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('Signed in as').waitFor()
      assert.deepEqual(await contentsOf(stage.origin), before)
      assert.equal((await fetch(`${stage.origin}/welcome/restore?token=${token}`)).status, 404)
      assert.ok(
        faults.every((fault) => /^(503|400|console)/.test(fault)),
        faults.join(),
      )
    } finally {
      await stage.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** Makes an account with a value, and a backup of it; answers what its holder sees. */
async function filledPlatform(environment: Record<string, string>, file: string) {
  const platform = await startPlatform([], environment)
  try {
    const account = { email: 'kept@example.test', password: PASSWORD, full_name: 'Kept Example' }
    const made = await ask(platform.origin, 'POST', '/api/v1/auth/register', { body: account })
    const metric = { metric_type: 'weight', value: 71.5, unit: 'kg', timestamp: '2026-01-05T08:00:00Z' }
    await ask(platform.origin, 'POST', '/api/v1/metrics', { body: metric, token: made.body.access_token })
    const seen = await contentsOf(platform.origin)
    const written = await runCommand(['backup', file], environment)
    assert.equal(written.code, 0, written.output)
    return seen
  } finally {
    await platform.end('SIGTERM')
  }
}

async function contentsOf(origin: string) {
  const body = { email: 'kept@example.test', password: PASSWORD }
  const token = (await ask(origin, 'POST', '/api/v1/auth/login', { body })).body.access_token as string
  const [me, metrics, profile] = await Promise.all(
    ['/auth/me', '/metrics?limit=50', '/profile'].map((address) => ask(origin, 'GET', `/api/v1${address}`, { token })),
  )
  assert.equal(metrics?.body.items.length, 1)
  const { last_login, ...account } = me?.body ?? {}
  assert.equal(typeof last_login, 'string')
  return { account, metrics: metrics?.body, profile: profile?.body }
}
