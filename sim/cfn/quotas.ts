// How large a template may be: AWS's own quotas, as they are and as they were when the notes were written.
//
// Source of all figures: docs.aws.amazon.com, CloudFormation quotas; those of 2020 from before the increase of October 2020.

export interface TemplateQuotas {
  readonly Resources: number
  readonly Parameters: number
  readonly Outputs: number
  readonly Mappings: number
  /** Attributes under one top-level key of a mapping. */
  readonly MappingAttributes: number
  /** Bytes of UTF-8; what a template in a bucket may have. */
  readonly TemplateBytes: number
  /** Bytes of UTF-8. */
  readonly DescriptionBytes: number
  /** Bytes of UTF-8. */
  readonly ParameterValueBytes: number
  /** Bytes of UTF-8. */
  readonly OutputDescriptionBytes: number
  /** Characters of the name of a parameter, mapping, key of a mapping, output or resource. */
  readonly NameLength: number
  readonly DynamicReferences: number
  /** Resources of a stack with all stacks nested in it. */
  readonly NestedResources: number
}

export const currentQuotas: TemplateQuotas = {
  Resources: 500,
  Parameters: 200,
  Outputs: 200,
  Mappings: 200,
  MappingAttributes: 200,
  TemplateBytes: 1_048_576,
  DescriptionBytes: 1024,
  ParameterValueBytes: 4096,
  OutputDescriptionBytes: 1024,
  NameLength: 255,
  DynamicReferences: 60,
  NestedResources: 2500,
}

export const quotasOf2020: TemplateQuotas = {
  ...currentQuotas,
  Resources: 200,
  Parameters: 60,
  Outputs: 60,
  Mappings: 100,
  MappingAttributes: 64,
  TemplateBytes: 460_800,
}
