/**
 * A user's way through the page, in a real browser, on the real stack: sign in, create, sync, watch it become Healthy
 * without a reload, see drift and put it back, delete. Started by `test_page_journey.py`, which hands over the address,
 * the password and the means to change the cluster as JSON on standard input. Ends with 1 and says where it stopped.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const fromPage = createRequire(new URL('../../../ui/package.json', import.meta.url))
const { chromium } = fromPage('playwright-core')
const { AxeBuilder } = fromPage('@axe-core/playwright')

const given = JSON.parse(readFileSync(0, 'utf8'))
const patience = 60_000
const browser = await chromium.launch({
  executablePath: given.chromium,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
const page = await context.newPage()
page.setDefaultTimeout(patience)

const complaints = []
page.on('pageerror', (error) => complaints.push(`error on the page: ${error.message}`))
page.on('console', (message) => {
  // A refused request is logged by the browser itself; the refusals of this journey are looked at where they are made.
  if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
})
page.on('request', (request) => {
  if (new URL(request.url()).origin !== given.url) complaints.push(`the page asked elsewhere: ${request.url()}`)
})

const health = (word) => page.locator('header').getByText(word, { exact: true }).first().waitFor()
const sync = health
const dialog = page.getByRole('dialog')
const kubectl = (...words) => execFileSync(given.kubectl, ['--kubeconfig', given.kubeconfig, '--namespace', given.name, ...words], { encoding: 'utf8' })

async function nothingForAxe(what) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes[0].html}`), [])
}

async function fitsAPhone(what) {
  await page.setViewportSize({ width: 360, height: 740 })
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(surplus, 0, `${what} is ${surplus} px too wide for a phone`)
  await page.setViewportSize({ width: 1280, height: 900 })
}

const steps = {
  'the door asks who is there, and remembers where one was going': async () => {
    await page.goto(`${given.url}/applications?q=nothing`)
    await page.waitForURL(/\/login\?return_url=/)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await nothingForAxe('sign-in')
    await page.getByLabel('Password', { exact: true }).fill(given.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/applications\?q=nothing/)
  },
  'a form filled by a link says what is wrong at its field': async () => {
    await page.goto(`${given.url}/applications/new?${new URLSearchParams({ ...given.form, path: 'no/such/folder' })}`)
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.locator('[name=path][aria-invalid=true]').waitFor()
    await nothingForAxe('creation')
    await fitsAPhone('creation')
  },
  'the form creates the application and shows it': async () => {
    await page.getByLabel('Path', { exact: true }).fill(given.form.path)
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.waitForURL(new RegExp(`/applications/argocd/${given.name}`))
    await sync('OutOfSync')
  },
  'Sync shows the plan, then its progress, and the tree turns green without a reload': async () => {
    await page.evaluate(() => { window.sameDocument = true })
    await page.keyboard.press('s')
    await dialog.getByText('3 creates').waitFor()
    await nothingForAxe('sync')
    await dialog.getByRole('button', { name: 'Sync', exact: true }).click()
    await dialog.getByText('Succeeded').waitFor()
    await page.keyboard.press('Escape')
    await sync('Synced')
    await health('Healthy')
    await page.getByRole('button', { name: /^Healthy Pod/ }).first().waitFor()
    assert.equal(await page.evaluate(() => window.sameDocument), true, 'the page was loaded again')
    await nothingForAxe('application')
    await fitsAPhone('application')
  },
  'drift is seen, and its difference marks the words': async () => {
    kubectl('patch', 'configmap', given.configMap, '--type=merge', '-p', '{"data":{"greeting":"Changed by hand"}}')
    await sync('OutOfSync')
    await page.keyboard.press('w')
    await page.getByRole('tabpanel').getByText('"Changed by hand"').waitFor()
    await page.getByRole('tabpanel').getByText('updated by kubectl-patch').waitFor()
    await nothingForAxe('why')
    await fitsAPhone('why')
    await page.keyboard.press('d')
    await dialog.locator('.diff-code-edit').filter({ hasText: 'Changed by hand' }).first().waitFor()
    await dialog.getByText('updated by kubectl-patch').waitFor()
    await nothingForAxe('difference')
    await dialog.getByRole('tab', { name: 'Live' }).click()
    await dialog.getByRole('tabpanel', { name: 'Live' }).getByText('Changed by hand').waitFor()
    await dialog.getByRole('tab', { name: 'Desired' }).click()
    await dialog.getByRole('tabpanel', { name: 'Desired' }).getByText('Welcome').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  },
  'another sync puts it back': async () => {
    await page.getByRole('button', { name: 'Sync', exact: true }).click()
    await dialog.getByText('1 change').waitFor()
    await dialog.getByRole('button', { name: 'Sync', exact: true }).click()
    await dialog.getByText('Succeeded').waitFor()
    await page.keyboard.press('Escape')
    await sync('Synced')
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByText('by admin').nth(1).waitFor()
  },
  'the list has it, finds it, and opens it by keyboard': async () => {
    await page.getByRole('link', { name: 'Applications', exact: true }).click()
    await page.getByRole('heading', { name: /^Applications/ }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(given.name)
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: given.name, exact: true }).waitFor()
    await nothingForAxe('list')
    await fitsAPhone('list')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(`/applications/argocd/${given.name}`))
  },
  'Delete names what goes, asks for the name, and the page says when it is gone': async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const remove = dialog.getByRole('button', { name: 'Delete', exact: true })
    await dialog.getByText('Deletes 3 objects').waitFor()
    assert.ok(await remove.isDisabled(), 'it can be deleted without typing its name')
    await nothingForAxe('deletion')
    await dialog.getByRole('textbox').fill(given.name)
    await remove.click()
    await page.getByRole('heading', { name: `There is no application ${given.name} here` }).waitFor()
    assert.equal(kubectl('get', 'deployment,configmap', '-o', 'name').includes(given.configMap), false, 'its objects are still there')
  },
  'signing out closes the door': async () => {
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(/\/login/)
    await page.goto(`${given.url}/applications`)
    await page.waitForURL(/\/login/)
  },
}

try {
  for (const [sentence, take] of Object.entries(steps)) {
    console.log(sentence)
    await take()
  }
  assert.deepEqual(complaints, [])
} catch (error) {
  await page.screenshot({ path: given.picture })
  console.error(error)
  process.exitCode = 1
} finally {
  await browser.close()
}
