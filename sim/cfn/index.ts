// The door of this folder: a CloudFormation or SAM template's text in, resources without functions out, each with its place.
export { defaultLimits, parseDocument, templateLimits } from './document.ts'
export type { DocumentLimits } from './document.ts'
export * from './node.ts'
export type { Parameter } from './parameters.ts'
export type { ResourceAt } from './physical.ts'
export { loadTemplate, templateOf } from './template.ts'
export type { CfnResource, Output, Template, TemplateOptions } from './template.ts'
