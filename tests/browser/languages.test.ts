import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openStage, type Stage, signUp, skip, type Visit } from './browser.ts'
import { faultAt } from './faultAt.ts'

describe('the web client in the languages of its people', { skip }, () => {
  let stage: Stage
  let visit: Visit
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    await signUp(visit, stage.origin, 'Languages')
  })
  after(() => stage?.close())

  test('what is wrong is said at its field in Arabic: before it is sent, and by the server', async () => {
    const { page, faults, open } = visit
    await open('/app/more')
    await page.evaluate(() => localStorage.setItem('salus.language', 'ar'))
    await open('/app/add/weight')
    await page.locator('[name=value]').fill('سبعون')
    await page.keyboard.press('Enter')
    assert.deepEqual(await faultAt(page, 'value'), { said: 'اكتب رقمًا، مثل 71.5', isFocused: true })
    assert.deepEqual(faults, [])
    await page.locator('[name=value]').fill('٩٠٠٠')
    await page.keyboard.press('Enter')
    // What only the server knows is said in Arabic too, with its limits.
    await page.locator('.fault', { hasText: '0.3–650 kg' }).waitFor()
    assert.equal(await page.locator('.fault [lang=en]').count(), 0)
    const { said, isFocused } = await faultAt(page, 'value')
    assert.match(said, /[\u0600-\u06ff]/)
    assert.equal(isFocused, true)
    assert.match(faults.splice(0).join('\n'), /422/)
  })
})
