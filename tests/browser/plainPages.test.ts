import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openStage, overflowOf, type Stage, skip, violationsOf } from './browser.ts'

const PAGES = ['/sign-in', '/register', '/status', '/welcome', '/shl/view', '/no-such-page']
const DIRECTIONS = { hi: 'ltr', ar: 'rtl', ms: 'ltr' } as const

describe('pages that the server writes, in the languages of its people', { skip }, () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.close())

  for (const [language, direction] of Object.entries(DIRECTIONS)) {
    test(`they speak ${language}, fit 320 and 1280, and have no barrier in light and dark`, async () => {
      const { page, context } = await stage.visit()
      for (const path of PAGES) {
        await page.goto(`${path}?lang=${language}`)
        const spoken = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])
        assert.deepEqual(spoken, [language, direction], path)
        for (const width of [320, 1280]) {
          await page.setViewportSize({ width, height: 844 })
          assert.equal(await overflowOf(page), 0, `${path} is wider than ${width}`)
        }
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          assert.deepEqual(await violationsOf(page), [], `${path} in ${colorScheme}`)
        }
      }
      await context.close()
    })
  }

  test('the language chosen on one of them holds for the next, and for the client', async () => {
    const { page, context } = await stage.visit()
    await page.goto('/sign-in')
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en')
    await page.getByRole('link', { name: 'العربية' }).click()
    await page.goto('/register')
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl')
    await page.goto('/app/sign-in')
    await page.locator('h1').waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'ar')
    await context.close()
  })
})
