// Lays several programs behind one another, so that one interpreter runs them all, each from its own start.
import type { Catcher, Instruction, Program } from './program.ts'

export interface JoinedPrograms {
  readonly program: Program
  /** Where each program begins. */
  readonly starts: readonly number[]
}

/** Joins programs: every place that an instruction names moves along with it. */
export function joinPrograms(programs: readonly Program[]): JoinedPrograms {
  const code: Instruction[] = []
  const starts: number[] = []
  for (const program of programs) {
    const by = code.length
    starts.push(by)
    for (const instruction of program.code)
      code.push(instruction.op === 'end' ? { op: 'end', returns: program.returns } : moved(instruction, by))
  }
  return { program: { code, returns: programs.some((program) => program.returns) }, starts }
}

function moved(instruction: Instruction, by: number): Instruction {
  const catches = (list: readonly Catcher[]): Catcher[] =>
    list.map((catcher) => ({ ...catcher, goto: catcher.goto + by }))
  switch (instruction.op) {
    case 'call':
    case 'fail':
    case 'tmp':
      return { ...instruction, catches: catches(instruction.catches) }
    case 'raise':
      return { ...instruction, catches: catches(instruction.catches) }
    case 'hit':
      return {
        ...instruction,
        end: instruction.end + by,
        origin: instruction.origin < 0 ? instruction.origin : instruction.origin + by,
      }
    case 'left':
      return { ...instruction, origin: instruction.origin + by, to: instruction.to + by }
    case 'each':
    case 'repeat':
      return { ...instruction, end: instruction.end + by }
    case 'next':
      return { ...instruction, start: instruction.start + by }
    case 'jump':
    case 'unless':
    case 'once':
    case 'unlocked':
      return { ...instruction, to: instruction.to + by }
    case 'choose':
      return { ...instruction, to: instruction.to.map((place) => place + by) }
    case 'parallel':
      return {
        ...instruction,
        branches: instruction.branches.map((place) => place + by),
        join: instruction.join + by,
        catches: catches(instruction.catches),
      }
    default:
      return instruction
  }
}
