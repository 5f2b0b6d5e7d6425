import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

const panel = (page) => page.getByRole('region', { name: 'Файлы', exact: true })
const line = (page, name) => panel(page).getByRole('listitem').filter({ hasText: name })

const textFile = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

const attach = (page, ...files) => panel(page).locator('input[type=file]').setInputFiles(files)

async function firstOf(path) {
  const api = await signedInTo('orlova')
  const { items } = await api.get(path)
  return { api, of: items[0] }
}

/** What the browser saves when the file's name is clicked. */
async function saved(page, name) {
  const [download] = await Promise.all([page.waitForEvent('download'), line(page, name).getByRole('link', { name, exact: true }).click()])
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

const act = async (page, name, action) => {
  await line(page, name).getByRole('button', { name: `Действия с файлом ${name}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

test('files are attached to a client, saved again as they were, and withdrawn', inPage({ as: 'orlova' }, async (page) => {
  const { api, of: client } = await firstOf('/v1/counterparties?limit=1')
  await open(page, `/clients/${client.id}?tab=files`)
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256))])
  await attach(page, { name: 'Договор № 7.pdf', mimeType: 'application/pdf', buffer: bytes }, textFile('памятка.txt', 'Позвонить до обеда'))
  await line(page, 'Договор № 7.pdf').getByText('4,9 КБ').waitFor()
  await line(page, 'памятка.txt').waitFor()
  const got = await saved(page, 'Договор № 7.pdf')
  assert.equal(got.name, 'Договор № 7.pdf')
  assert.ok(got.bytes.equals(bytes), 'the same bytes come back')

  await act(page, 'памятка.txt', 'Изменить название или описание')
  await page.getByRole('dialog').getByLabel('Название').fill('напоминание.txt')
  await page.getByRole('dialog').getByLabel('Описание').fill('Со слов секретаря')
  await page.getByRole('dialog').getByRole('button', { name: 'Сохранить' }).click()
  await line(page, 'напоминание.txt').getByText('Со слов секретаря').waitFor()

  await act(page, 'напоминание.txt', 'Изъять')
  await page.getByRole('dialog').getByLabel('Почему').fill('Не тому клиенту')
  await page.getByRole('dialog').getByRole('button', { name: 'Изъять' }).click()
  await line(page, 'напоминание.txt').waitFor({ state: 'detached' })
  await line(page, 'Договор № 7.pdf').waitFor()
  await panel(page).getByRole('switch', { name: 'С изъятыми' }).check()
  await line(page, 'напоминание.txt').getByText('Не тому клиенту').waitFor()
  await until(async () => {
    const { items } = await api.get(`/v1/counterparties/${client.id}/history?kind=attachment`)
    return items.some((one) => one.type === 'attachment.withdrawn') && items.some((one) => one.headline.includes('приложен файл «Договор № 7.pdf»'))
  })
}))

test('a page among the files is saved, never shown', inPage({ as: 'orlova' }, async (page, { context }) => {
  const { of: client } = await firstOf('/v1/counterparties?limit=1')
  await open(page, `/clients/${client.id}?tab=files`)
  const html = '<!DOCTYPE html><script>document.title = "run"</script>'
  await attach(page, { name: 'страница.html', mimeType: 'text/html', buffer: Buffer.from(html) })
  const address = await line(page, 'страница.html').getByRole('link', { name: 'страница.html' }).getAttribute('href')
  const answer = await context.request.get(address)
  const headers = answer.headers()
  assert.equal(await answer.text(), html)
  assert.equal(headers['content-type'], 'application/octet-stream')
  assert.match(headers['content-disposition'], /^attachment;.*filename\*=UTF-8''%D1%81/)
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.match(headers['content-security-policy'], /sandbox; default-src 'none'/)
  assert.equal(String((await saved(page, 'страница.html')).bytes), html)
}))

test('files can be dropped beside any record', inPage({ as: 'orlova' }, async (page) => {
  const { api, of: negotiation } = await firstOf('/v1/negotiations?limit=1')
  await open(page, `/negotiations/${negotiation.id}`)
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    data.items.add(new File(['протокол'], 'протокол.txt', { type: 'text/plain' }))
    data.items.add(new File(['смета'], 'смета.csv', { type: 'text/csv' }))
    return data
  })
  await panel(page).getByText('или перетащите их сюда').dispatchEvent('drop', { dataTransfer: dropped })
  await line(page, 'протокол.txt').waitFor()
  await line(page, 'смета.csv').waitFor()
  const { items } = await api.get(`/v1/attachments?counterparty=${negotiation.counterparty_id}`)
  assert.deepEqual(items.filter((one) => one.about_id === negotiation.id).map((one) => [one.name, one.media_type, one.about_title]).toSorted(), [
    ['протокол.txt', 'text/plain', negotiation.topic],
    ['смета.csv', 'text/csv', negotiation.topic],
  ])
}))

test('a refused file says why and can be put aside', inPage({ as: 'orlova', allow: [/status of 422 .*\/v1\/files/] }, async (page) => {
  const { of: assignment } = await firstOf('/v1/assignments?limit=1')
  await open(page, `/assignments/${assignment.id}`)
  await attach(page, textFile('пусто.txt', ''), textFile('полно.txt', 'текст'))
  const refused = panel(page).getByRole('alert').filter({ hasText: 'пусто.txt' })
  await refused.getByText('Файл пуст. Выберите другой.').waitFor()
  await line(page, 'полно.txt').waitFor()
  await refused.getByRole('button', { name: 'Убрать' }).click()
  await refused.waitFor({ state: 'detached' })
}))

test('the files of a past day cannot be changed', inPage({ as: 'orlova' }, async (page) => {
  const { api, of: person } = await firstOf('/v1/contact-persons?limit=1')
  await open(page, `/people/${person.id}`)
  await attach(page, textFile('визитка.txt', 'текст'))
  await line(page, 'визитка.txt').waitFor()
  const [item] = (await api.get(`/v1/attachments?about_kind=contact_person&about_id=${person.id}`)).items
  await open(page, `/people/${person.id}?as_of=${encodeURIComponent(new Date(Date.parse(item.attached_at) - 1000).toISOString())}`)
  await panel(page).getByText('Файлов пока нет').waitFor()
  assert.equal(await panel(page).locator('input[type=file]').count(), 0)
}))

for (const variant of [{ device: 'phone', lang: 'ru', scheme: 'light' }, { device: 'desktop', lang: 'en', scheme: 'dark' }]) {
  test(`the files of a message and a thread are accessible (${variant.device}, ${variant.lang})`, inPage({ as: 'orlova', ...variant }, async (page) => {
    // Both variants look at the same records, which keep the files.
    const name = `очень-длинное-название-файла-${variant.device}-${'я'.repeat(60)}.txt`
    const { api, of: message } = await firstOf('/v1/messages?limit=1')
    const [thread] = (await api.get('/v1/threads?limit=1')).items
    const files = page.getByRole('region', { name: variant.lang === 'ru' ? 'Файлы' : 'Files', exact: true })
    for (const address of [`/messages/${message.id}`, `/threads/${thread.id}`]) {
      await open(page, address)
      await files.locator('input[type=file]').setInputFiles([textFile(name, address)])
      await files.getByRole('link', { name, exact: true }).waitFor()
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen')
      await assertAccessible(page)
    }
  }))
}
