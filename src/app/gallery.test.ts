// Names of files as titles.
import { expect, test } from 'vitest'
import { titleOf } from './gallery.ts'

test('a title begins with a capital letter and spells abbreviations as they are', () => {
  expect(['flash-crowd', 'api-throttle', 'fifo-poison', 'rapids', 'kcl-worker-loss'].map(titleOf)).toEqual([
    'Flash crowd',
    'API throttle',
    'FIFO poison',
    'Rapids',
    'KCL worker loss',
  ])
})
