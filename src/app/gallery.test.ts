// Names of files as titles.
import { expect, test } from 'vitest'
import { GALLERY, titleOf } from './gallery.ts'

test('a title begins with a capital letter and spells abbreviations as they are', () => {
  expect(['flash-crowd', 'api-throttle', 'fifo-poison', 'rapids', 'kcl-worker-loss'].map(titleOf)).toEqual([
    'Flash crowd',
    'API throttle',
    'FIFO poison',
    'Rapids',
    'KCL worker loss',
  ])
})

test('a scenario that plays a recording brings it along, the others nothing', () => {
  const filesOf = (name: string): string[] => Object.keys(GALLERY.find((entry) => entry.name === name)!.files)
  expect(filesOf('recorded-load')).toEqual(['data/nasa-launch-1995-07-13.csv'])
  expect(filesOf('flash-crowd')).toEqual([])
})
