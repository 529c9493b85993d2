// What a function is deployed as: its archive or image, the layers beside it, and how large all of it may be.
import * as p from '../../model/p.ts'
import type { Assumption, Near, Props, ResourceView } from '../../model/contract.ts'

/** Sizes stand in no template: they are assumed, of functions and of layers alike. */
export const packageAssumptions: Readonly<Record<string, Assumption>> = {
  PackageSize: {
    kind: 'size',
    default: '0B',
    doc: 'Size of the zip archive or container image.',
    source: 'N.LAMBDA-12; a template does not tell it',
  },
  UnzippedSize: {
    kind: 'size',
    default: '0B',
    doc: 'Size of what is in the archive; at least that of the archive.',
    source: 'N.LAMBDA-13; a template does not tell it',
  },
}

export const packageProps: Props = {
  PackageType: p.oneOf('A zip file or a container image, which starts 200 ms later by default.', ['Zip', 'Image'], {
    default: 'Zip',
  }),
  Layers: p.list('Layer versions; their sizes count with the function’s own.', p.any('A layer version.')),
  Code: p.any('The code; only the length of inline code counts, what the function does stands under `Handlers`.'),
}

const LAYER = 'AWS::Lambda::LayerVersion'
/** An ARN of a layer version ends with its number. */
const LAYER_ARN = /^arn:[^:]*:lambda:[^:]*:[^:]*:layer:[^:]+:[0-9]+$/

/** Checks sizes and layers; gives the bytes that a new environment has to fetch. */
export function checkPackage(near: Near): number {
  const { self } = near
  const layers = layersOf(near)
  const inline: unknown = self.config['Code']?.ZipFile
  if (typeof inline === 'string' && inline.length > near.quota('InlineCode'))
    self.error(
      ['Properties', 'Code', 'ZipFile'],
      'inline-code-too-long',
      `\`ZipFile\` has ${inline.length} characters`,
      `expected at most ${near.quota('InlineCode')}`,
    )
  const own = self.assumed('PackageSize')
  if (self.config['PackageType'] === 'Image') {
    refuse(near, 'ImageSize', 'the image', own)
    return own
  }
  refuse(near, 'ZipSize', 'the archive', own)
  const sum = [self, ...layers].reduce((total, view) => total + unzipped(view), 0)
  refuse(near, 'UnzippedSize', layers.length === 0 ? 'the unzipped code' : 'the unzipped code with its layers', sum)
  return [self, ...layers].reduce((total, view) => total + view.assumed('PackageSize'), 0)
}

function unzipped(view: ResourceView): number {
  return Math.max(view.assumed('UnzippedSize'), view.assumed('PackageSize'))
}

function refuse(near: Near, quota: string, what: string, bytes: number): void {
  const most = near.quota(quota)
  if (bytes > most)
    near.self.error(
      ['Properties', 'Code'],
      'package-too-large',
      `${what} takes ${bytes} bytes`,
      `expected at most ${most}`,
    )
}

/** The layers of the template that a function uses; others have an ARN with a version, or are none. */
function layersOf(near: Near): ResourceView[] {
  const { self } = near
  const named = (self.config['Layers'] ?? []) as readonly unknown[]
  if (named.length > near.quota('Layers'))
    self.error(
      ['Properties', 'Layers'],
      'too-many-layers',
      `\`Layers\` lists ${named.length} layers`,
      `expected at most ${near.quota('Layers')}`,
    )
  if (named.length > 0 && self.config['PackageType'] === 'Image')
    self.error(
      ['Properties', 'Layers'],
      'too-many-layers',
      'a container image has no layers',
      'put them into the image',
    )
  return named.flatMap((layer, i) => {
    const found = near.resourceAt(layer)
    if (found?.type === LAYER) return [found]
    if (found !== undefined)
      self.error(
        ['Properties', 'Layers', i],
        'wrong-resource',
        `\`${found.logicalId}\` is ${found.type}`,
        `expected ${LAYER}`,
      )
    else if (
      typeof layer === 'string' &&
      layer.includes(':layer:') &&
      layer.startsWith('arn:') &&
      !LAYER_ARN.test(layer)
    )
      self.error(
        ['Properties', 'Layers', i],
        'wrong-resource',
        `\`${layer}\` names no version of a layer`,
        'the ARN of a layer version ends with its number',
      )
    return []
  })
}
