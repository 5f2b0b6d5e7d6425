import { expect, test } from 'vitest'

import { fileSize } from './file-size'

test.each([
  [0, '0 Б', '0 B'],
  [1023, '1023 Б', '1,023 B'],
  [1024, '1 КБ', '1 KB'],
  [1536, '1,5 КБ', '1.5 KB'],
  [150 * 1024, '150 КБ', '150 KB'],
  [1024 * 1024 - 1, '1 МБ', '1 MB'],
  [50 * 1024 * 1024, '50 МБ', '50 MB'],
  [3.25 * 1024 ** 3, '3,3 ГБ', '3.3 GB'],
])('%d bytes', (bytes, ru, en) => {
  // Thousands are parted by spaces that do not break.
  expect(fileSize(bytes, 'ru').replace(/(?<=\d)\s(?=\d)/g, '')).toBe(ru)
  expect(fileSize(bytes, 'en')).toBe(en)
})
